{#
    Data tests that look only at partitions that have changed since they passed.

    A generic test says with where_untested which rows it need not look at again. Each test that
    passes is noted in increments.tested with the last build before it; the next time it reads the
    partitions that its table has noted since. It looks at the whole table again if it is new, if its
    SQL, a view or a seed behind it has changed, if the table was built whole, and with --full-refresh.
    A test that fails is not noted, so it finds the same rows again until they are mended.
#}

{#
    The condition that a row belongs to a partition that is not tested yet. Nothing where that cannot
    be told: where the test is not of one partitioned table, or of a view of one, and where `columns`,
    the model's grain, do not say in which partition a row is. A view is taken to make each row of one
    row of the table, and to leave the partition columns as they are.
#}
{% macro where_untested(relation, columns) -%}
{%- set table = tested_table(model) if execute else none -%}
{%- if table and not table.config.meta.partitions.by | reject('in', columns) | list -%}
{{ marked('where ' ~ is_touched(table, relation, touched='untested')) }}
{%- endif -%}
{%- endmacro %}

{# The partitioned table that a test looks at, if there is one and no other. #}
{% macro tested_table(test) %}
    {%- set names = [] -%}
    {%- do collect_readable(test, names) -%}
    {%- for node in graph.nodes.values() if names == [node.name] -%}
        {%- do return(node if node.config.meta.partitions.by else none) -%}
    {%- endfor -%}
{% endmacro %}

{# Names of all tables that are read, through views too; of one that is not partitioned, twice. #}
{% macro collect_readable(node, names) %}
    {%- for unique_id in node.depends_on.nodes if unique_id in graph.sources -%}
        {%- do names.extend([unique_id, unique_id]) -%}
    {%- endfor -%}
    {%- for parent in parents_of(node) if parent.resource_type != 'seed' -%}
        {%- if parent.config.materialized == 'view' -%}
            {%- do collect_readable(parent, names) -%}
        {%- else -%}
            {%- set times = 1 if parent.config.materialized == 'partitioned' else 2 -%}
            {%- do names.extend([parent.name] * times) -%}
        {%- endif -%}
    {%- endfor -%}
{% endmacro %}

{# Whether all that has changed since the test passed is noted. #}
{% macro is_noted_since_tested(test, definition) -%}
select exists (
    select 1
    from increments.tested
    inner join increments.builds on builds.relation = '{{ tested_table(test).name }}'
    where
        tested.test = '{{ test.name }}'
        and tested.definition = {{ definition }}
        and builds.complete_since <= tested.build
)
{%- endmacro %}

{% macro untested_partitions(test) -%}
{%- set table = tested_table(test) -%}
create or replace temp table untested as
select distinct {{ table.config.meta.partitions.by | join(', ') }}
from increments.changed_{{ table.name }}
where _build > (select build from increments.tested where test = '{{ test.name }}')
{%- endmacro %}

{% macro note_as_tested(test, definition) -%}
delete from increments.tested where test = '{{ test.name }}';
insert into increments.tested
select '{{ test.name }}', {{ definition }}, coalesce(max(build), 0) from increments.builds
{%- endmacro %}

{% materialization test, adapter="duckdb" %}
    {%- if should_store_failures() %}
        {%- do exceptions.raise_compiler_error('tests of this project do not store failures') %}
    {%- endif %}
    {%- set looked_at = sql -%}
    {%- if is_marked(sql) %}
        {%- set definition = definition_of(model, local_md5(sql)) %}
        {%- if not flags.FULL_REFRESH
            and run_query(is_noted_since_tested(model, definition)).rows[0][0] %}
            {%- do run_query(untested_partitions(model)) %}
            {%- set looked_at = only_touched_rows(sql) %}
        {%- endif %}
    {%- endif %}
    {%- call statement("main", fetch_result=True) %}
        {{ get_test_sql(
            looked_at, config.get("fail_calc"), config.get("warn_if"), config.get("error_if"),
            config.get("limit")
        ) }}
    {%- endcall %}
    {%- if is_marked(sql) and not load_result("main").table.rows[0][0] %}
        {%- call statement("noted") %}
            {{ note_as_tested(model, definition) }}
        {%- endcall %}
        {%- do adapter.commit() %}
    {%- endif %}
    {%- do return({"relations": []}) %}
{% endmaterialization %}
