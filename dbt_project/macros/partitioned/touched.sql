{#
    The condition that a row belongs to a touched partition, in a partial build.

    relation: the name under which the rows are read.
    columns: {partition column: expression} for those that the relation has not under that name.
#}
{% macro where_touched(relation, columns={}) -%}
{{ marked_condition('where', relation, columns) }}
{%- endmacro %}

{% macro and_touched(relation, columns={}) -%}
{{ marked_condition('and', relation, columns) }}
{%- endmacro %}

{# The same by the column that rows lie together by alone: for rows of which parts go different ways. #}
{% macro where_near_touched(relation, columns={}) -%}
{%- set partitions = model.config.get('meta', {}).get('partitions') if execute else none -%}
{%- if partitions -%}
{{ marked('where ' ~ is_near_touched(model, relation, columns)) }}
{%- endif -%}
{%- endmacro %}

{% macro marked_condition(conjunction, relation, columns) -%}
{%- set partitions = model.config.get('meta', {}).get('partitions') if execute else none -%}
{%- if partitions and partitions.by -%}
{{ marked(conjunction ~ ' ' ~ is_touched(model, relation, columns)) }}
{%- endif -%}
{%- endmacro %}

{#
    A comment where the whole is looked at, and wherever else the SQL is run; a partial build, or a
    test that passed before, takes the marks off.
#}
{% macro marked(condition) -%}
/*touched {{ condition }} touched*/
{%- endmacro %}

{% macro is_marked(sql) -%}
{{ return('/*touched' in sql) }}
{%- endmacro %}

{% macro only_touched_rows(sql) -%}
{{ return(sql | replace('/*touched', '') | replace('touched*/', '')) }}
{%- endmacro %}

{% macro touched_table(name) -%} touched_{{ name }} {%- endmacro %}

{#
    Whether the partition of a row is among the touched ones; NULL is a value like any other.

    touched: the table of touched partitions, if it is not that of the model's partial build.
#}
{% macro is_touched(node, relation, columns={}, touched=none) -%}
{%- set partitions = node.config.meta.partitions -%}
{%- set touched = touched or touched_table(node.name) -%}
{%- set conditions = [] -%}
{%- for key in partitions.by -%}
    {%- do conditions.append(
        'touched.' ~ key ~ ' is not distinct from ' ~ columns.get(key, relation ~ '.' ~ key)
    ) -%}
{%- endfor -%}
{%- if partitions.get('lie_together_by') -%}
{{ is_near_touched(node, relation, columns, touched) }} and {% endif -%}
exists (select 1 from {{ touched }} as touched {{ 'where' if conditions }} {{ conditions | join(' and ') }})
{%- endmacro %}

{% macro is_near_touched(node, relation, columns={}, touched=none) -%}
{%- set column = node.config.meta.partitions.lie_together_by -%}
{{ columns.get(column, relation ~ '.' ~ column) }} in (select {{ column }} from {{ touched or touched_table(node.name) }})
{%- endmacro %}

{# Makes the table of touched partitions. #}
{% macro touched_partitions(node) -%}
{%- set partitions = node.config.meta.partitions -%}
{%- set selects = [] -%}
{%- if partitions_are_files(node) -%}
    {%- do selects.append(changed_files(node)) -%}
{%- elif partitions.by -%}
    {%- for name in tables_read_by(node) -%}
        {%- do selects.append(resolved(node, name, touching_query(node, name))) -%}
    {%- endfor -%}
{%- else -%}
    {%- for name in tables_read_by(node) -%}
        {%- do selects.append('select 1 as whole from ' ~ unseen_changes(node, name)) -%}
    {%- else -%}
        {%- do selects.append('select 1 as whole from (' ~ difference(node) ~ ')') -%}
    {%- endfor -%}
{%- endif -%}
create or replace temp table {{ touched_table(node.name) }} as
select distinct * from ({{ selects | join(' union all by name ') }})
{%- endmacro %}

{# Rows that the model's {sql} makes now and the table has not, or has and it makes no more. #}
{% macro difference(node) -%}
{%- set relation = node.schema ~ '.' ~ node.name -%}
    (select * from ({sql}) as made except all select * from {{ relation }})
    union all
    (select * from {{ relation }} except all select * from ({sql}) as made)
{%- endmacro %}

{# How a change of a table touches partitions; by the same partitions where nothing else is said. #}
{% macro touching_query(node, name) -%}
    {%- set partitions = node.config.meta.partitions -%}
    {%- set declared = partitions.get('touched_by', {}) -%}
    {%- set query = declared.get(name) or declared.get('others') -%}
    {%- if query is mapping and query.days_after -%}
        {%- do return(days_after(query.days_after)) -%}
    {%- elif query is mapping and query.groups_of -%}
        {%- do return(groups_of(query.groups_of)) -%}
    {%- elif query is mapping -%}
        {%- do return(grouped_with(query.grouped_with)) -%}
    {%- elif query and ' ' not in query -%}
        {%- do return(context[query]()) -%}
    {%- endif -%}
    {{ return(query or 'select ' ~ partitions.by | join(', ') ~ ' from {changed}') }}
{%- endmacro %}

{# The shop's evaluated days on which a row was known: those after its date, or all where it has none. #}
{% macro days_after(column) -%}
select shop, as_of_date from {as_of_dates}
where exists (
    select 1 from {changed}
    inner join {int_source_systems} as source_systems
        on changed.source_system = source_systems.source_system
    where
        source_systems.shop = as_of_dates.shop
        and (changed.{{ column }} is null or changed.{{ column }} < as_of_dates.as_of_date)
)
{%- endmacro %}

{# A query of `touched_by` with what its braces stand for. #}
{% macro resolved(node, name, query) -%}
    {{ return(with_tables(query | replace('{changed}', unseen_changes(node, name)))) }}
{%- endmacro %}

{% macro with_tables(query) -%}
    {%- set ns = namespace(sql=query) -%}
    {%- for other in graph.nodes.values() if '{' ~ other.name ~ '}' in query -%}
        {%- set ns.sql = ns.sql | replace('{' ~ other.name ~ '}', other.schema ~ '.' ~ other.name) -%}
    {%- endfor -%}
    {{ return(ns.sql) }}
{%- endmacro %}

{# The rows of a table that differ since the model was last built. #}
{% macro unseen_changes(node, name) -%}
(
    select * exclude (_build) from increments.changed_{{ name }}
    where _build > (select build from increments.builds where relation = '{{ node.name }}')
) as changed
{%- endmacro %}
