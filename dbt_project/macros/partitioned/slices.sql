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
    How many parts a partial build is made in: one, unless touched partitions have more rows now than
    may be held in memory at once; none where nothing is touched. Rows to come are not counted. Of a
    table that has no more rows in all, none is read: nothing is joined with no partition. Of larger
    ones a sample is, so large that it has some hundred thousand rows of each part.
#}
{% macro parts_of(node, relation) -%}
{%- set touched = touched_table(node.name) -%}
{%- if node.config.meta.partitions.get('in_one_part') -%}
select exists (select 1 from {{ touched }})::bigint
{%- else -%}
{%- set most = var('most_rows_of_a_part') -%}
{%- set percent = [100, 100 * 100000 / most] | min -%}
{%- set of_many = '(select * from ' ~ touched ~ ' where (select count(*) from ' ~ relation ~ ') > ' ~ most ~ ')' -%}
select case
    when exists (select 1 from {{ touched }}) then greatest(1, ceil(count(*) * {{ 100 / percent }} / {{ most }})) else 0
end::bigint
from (select * from {{ relation }} tablesample system ({{ percent }} percent)) as held
where {{ is_touched(node, 'held', touched=of_many) }}
{%- endif -%}
{%- endmacro %}

{# Divides the touched partitions into {parts} parts, those that lie together into the same. #}
{% macro divided(node) -%}
{%- set partitions = node.config.meta.partitions -%}
{%- set together = [partitions.lie_together_by] if partitions.get('lie_together_by') else [] -%}
{%- set order = (together + (partitions.by or ['whole'])) | unique | join(', ') -%}
create or replace temp table parts_{{ node.name }} as
select *, ntile({parts}) over (order by {{ order }}) - 1 as _part from {{ touched_table(node.name) }}
{%- endmacro %}

{# What is touched in part number {part}. #}
{% macro one_part(node) -%}
create or replace temp table {{ touched_table(node.name) }} as
select * exclude (_part) from parts_{{ node.name }} where _part = {part}
{%- endmacro %}

{% macro parts_forgotten(node) -%}
drop table parts_{{ node.name }}
{%- endmacro %}
