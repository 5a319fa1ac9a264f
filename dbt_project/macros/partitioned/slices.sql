{#
    How many slices a whole build is made in: the rows of the table that `sliced_by` names, if all of
    them at once would be too much to hold in memory.
#}
{% macro slices_of(node) -%}
{%- set name = node.config.meta.partitions.get('sliced_by') -%}
{%- if not name -%}
    {{ return('select 0') }}
{%- endif -%}
{{ return(resolved(
    node, name,
    "select case when count(*) * (select sum(estimated_size) from duckdb_tables() where table_name in ('"
    ~ tables_read_by(node) | join("', '") ~ "')) > " ~ var('most_rows_at_once')
    ~ " then count(*) else 0 end from {" ~ name ~ "}"
)) }}
{%- endmacro %}

{# Makes the partitions of one slice, as a part of a partial build is made. #}
{% macro one_slice(node, relation) -%}
{%- set name = node.config.meta.partitions.get('sliced_by') -%}
{%- set by = node.config.meta.partitions.by | join(', ') -%}
{{ return([
    resolved(
        node, name,
        "create or replace temp table " ~ touched_table(node.name) ~ " as select " ~ by
        ~ " from {" ~ name ~ "} order by " ~ by ~ " limit 1 offset {slice}"
    ),
    putting_in(node, relation),
] if name else []) }}
{%- endmacro %}

{# Asks for the columns of a query's rows, as `create table` takes them. #}
{% macro columns_of_query(sql) -%}
select string_agg('"' || column_name || '" ' || column_type, ', ') from (describe {{ sql }})
{%- endmacro %}

{#
    How many parts a partial build is made in: one, unless what is touched has more rows than may be
    held in memory at once; none where nothing is touched. All rows are counted without being read.
#}
{% macro parts_of(node, relation) -%}
{%- set most = var('most_rows_of_a_part') -%}
select case
    when not exists (select 1 from {{ touched_table(node.name) }}) then 0
    when (select count(*) from {{ relation }}) <= {{ most }} then 1
    else (
        select greatest(1, ceil(count(*) / {{ most }})) from {{ relation }} as held
        where {{ is_touched(node, 'held') }}
    )
end::bigint
{%- endmacro %}

{# Divides the touched partitions into {parts} parts. #}
{% macro divided(node) -%}
{%- set by = node.config.meta.partitions.by | join(', ') or 'whole' -%}
create or replace temp table parts_{{ node.name }} as
select *, hash({{ by }}) % {parts} as _part from {{ touched_table(node.name) }}
{%- endmacro %}

{# What is touched in part number {part}. #}
{% macro one_part(node) -%}
create or replace temp table {{ touched_table(node.name) }} as
select * exclude (_part) from parts_{{ node.name }} where _part = {part}
{%- endmacro %}
