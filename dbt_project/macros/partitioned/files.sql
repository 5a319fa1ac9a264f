{#
    Inputs go by files: a partition is what one source system delivered in one file. Which files differ
    is found out from raw, by what landing wrote there: file, load id, load time, number of rows, and
    the corrections. Nothing has to be told from landing to here, and nothing can get lost in between.

    A staging model whose rows come each from rows of one file says so in its yml, with
    `meta: {file_by_file: true}`; then only the files that differ are read. Of any other, all files of
    the source system count as touched, and what its SQL makes of them is compared row by row.
#}
{% macro partitions_are_files(node) -%}
{{ return(node.config.meta.partitions.by == ['source_system', 'origin_file']) }}
{%- endmacro %}

{# The files that differ from those of the last build, as (source_system, origin_file). #}
{% macro changed_files(node) -%}
select distinct source_system, origin_file
from (
    select
        source_system,
        origin_file,
        is_file_by_file,
        count(*) = 2 and min(digest) = max(digest) as is_same
    from (
        select * from ({{ delivered_files(node) }})
        union all by name
        select * from increments.files_of_{{ node.name }}
    )
    group by source_system, origin_file, staging_model, is_file_by_file
)
qualify not bool_and(case when is_file_by_file then is_same else true end)
        over (partition by source_system, origin_file)
    or not bool_and(case when is_file_by_file then true else is_same end)
        over (partition by source_system)
{%- endmacro %}

{% macro files_after_build(node) %}
    {{ return([
        'create or replace table increments.files_of_' ~ node.name ~ ' as ' ~ delivered_files(node)
    ]) }}
{% endmacro %}

{# Each file of each staging model, with a digest of what raw holds of it. #}
{% macro delivered_files(node) -%}
    {%- set selects = [] -%}
    {%- for staging in parents_of(node) -%}
        {%- set tables = [] -%}
        {%- do collect_raw_tables(staging, tables) -%}
        {%- do selects.append(delivered_to(staging, tables)) -%}
    {%- endfor -%}
    {%- if not selects -%}
        {%- do selects.append(
            "select '' as source_system, '' as staging_model, true as is_file_by_file,"
            ~ " '' as origin_file, '' as digest limit 0"
        ) -%}
    {%- endif -%}
    {{ return(selects | join(' union all ')) }}
{%- endmacro %}

{# The same for an entity, wherever it is asked. #}
{% macro delivered_to_input(entity) -%}
    {%- set nodes = graph.nodes.values() if execute else [] -%}
    {%- for node in nodes if node.name == 'input_' ~ entity -%}
        {{ delivered_files(node) }}
    {%- else -%}
        select '' as source_system, '' as origin_file
    {%- endfor -%}
{%- endmacro %}

{% macro collect_raw_tables(node, tables) %}
    {%- for unique_id in node.depends_on.nodes -%}
        {%- if unique_id in graph.sources and graph.sources[unique_id] not in tables -%}
            {%- do tables.append(graph.sources[unique_id]) -%}
        {%- elif unique_id in graph.nodes -%}
            {%- do collect_raw_tables(graph.nodes[unique_id], tables) -%}
        {%- endif -%}
    {%- endfor -%}
{% endmacro %}

{% macro delivered_to(staging, tables) -%}
    {%- set parts = [] -%}
    {%- for table in tables -%}
        {%- do parts.append(loads_of(table)) -%}
    {%- endfor -%}
    {%- set system = staging.name.removeprefix('stg_').split('__')[0] -%}
    {%- set is_file_by_file = staging.config.get('meta', {}).get('file_by_file', false) -%}
select
    '{{ system }}' as source_system,
    '{{ staging.name }}' as staging_model,
    {{ is_file_by_file | lower }} as is_file_by_file,
    origin_file,
    md5(string_agg(part, ';' order by part)) as digest
from ({{ parts | join(' union all ') }})
group by origin_file
{%- endmacro %}

{# What raw holds of each file of a table, as text: declared types, loads, rows and corrections. #}
{% macro loads_of(source) -%}
{%- set schema, table = source.schema, source.identifier -%}
{%- set types = [] -%}
{%- for column in source.columns.values() -%}
    {%- do types.append(column.name ~ ' ' ~ column.data_type) -%}
{%- endfor -%}
select
    _origin_file as origin_file,
    concat_ws('|', '{{ table }} {{ local_md5(types | join) }}', _load_id, _loaded_at, count(*)) as part
from {{ schema }}.{{ table }}
group by _origin_file, _load_id, _loaded_at
union all
select
    origin_file,
    concat_ws(
        '|', 'corrections of {{ table }}',
        md5(string_agg(
            concat_ws('|', origin_row, column_name, new_value, is_stale), ';'
            order by origin_row, column_name
        ))
    ) as part
from ingest.corrections
where raw_table = '{{ schema }}.{{ table }}' and not is_stale
group by origin_file
{%- endmacro %}
