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

{# Makes the partitions of one slice, as a partial build would. #}
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
