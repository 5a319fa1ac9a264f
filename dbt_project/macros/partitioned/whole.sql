{# Why the table cannot be brought up to date from what is noted; NULL where it can. #}
{% macro whole_build_reason(node) -%}
{%- set parents = tables_read_by(node) -%}
select coalesce(
    (
        select 'there was no table yet'
        where not exists (
            select 1 from duckdb_tables()
            where schema_name = '{{ node.schema }}' and table_name = '{{ node.name }}'
        )
    ),
    (
        select 'no build of it was noted'
        where not exists (select 1 from increments.builds where relation = '{{ node.name }}')
    ),
    (
        select 'its SQL, its yml, or a view or seed behind it was another'
        from increments.builds as own
        where
            own.relation = '{{ node.name }}'
            and own.definition <> {{ definition_of(node, '{definition}') }}
    )
    {%- if parents %},
    (
        select string_agg(parents.relation, ', ' order by parents.relation)
            || ' had been built whole, or no longer noted all changes since'
        from (values ('{{ parents | join("'), ('") }}')) as parents (relation)
        inner join increments.builds as own on own.relation = '{{ node.name }}'
        left join increments.builds as read on parents.relation = read.relation
        where coalesce(read.complete_since > own.build, true)
    )
    {%- endif %}
)
{%- endmacro %}

{#
    A hash of all that decides what a table is made of or what a test finds, but rows: its SQL, of which
    `definition` is a hash, what its yml says of it, and views and seeds behind it.
#}
{% macro definition_of(node, definition) -%}
{%- set views = [] -%}
{%- set seeds = [] -%}
{%- do collect_definitions(node, views, seeds) -%}
{%- set columns = [] -%}
{%- for column in node.columns.values() -%}
    {%- do columns.append([column.name, column.get('data_type')]) -%}
{%- endfor -%}
md5(
    '{{ definition }}{{ local_md5(tojson([node.config.meta.partitions or {}, columns])) }}'
    {%- if views %}
    || coalesce((
        select string_agg(sql, '' order by schema_name, view_name) from duckdb_views()
        where schema_name || '.' || view_name in ('{{ views | sort | join("', '") }}')
    ), '')
    {%- endif %}
    {%- for seed in seeds | unique | sort %}
    || coalesce((
        select string_agg(seed::varchar, ';' order by seed::varchar) from {{ seed }} as seed
    ), '')
    {%- endfor %}
)
{%- endmacro %}

{% macro collect_definitions(node, views, seeds) %}
    {%- for parent in parents_of(node) -%}
        {%- if parent.resource_type == 'seed' -%}
            {%- do seeds.append(parent.schema ~ '.' ~ parent.name) -%}
        {%- elif parent.config.materialized == 'view' -%}
            {%- do views.append(parent.schema ~ '.' ~ parent.name) -%}
            {%- do collect_definitions(parent, views, seeds) -%}
        {%- endif -%}
    {%- endfor -%}
{% endmacro %}
