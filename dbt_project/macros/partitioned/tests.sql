{#
    Data tests that look only at partitions that have changed since they passed.

    A generic test says with where_untested which rows it need not look at again. Each test that
    passes is noted in increments.tested with the last build before it; the next time it reads the
    partitions that its table has noted since. It looks at the whole table again if it is new, if its
    SQL, a view or a seed behind it has changed, if the table was built whole, and with --full-refresh.
    A test that fails is not noted, so it finds the same rows again until they are mended.

    Tests of code look at no row again. What they say only somebody who changes SQL can break: that
    a column is handed on as it is, say. Such a test declares `meta: {tests: code}`, and is noted with the var `code`, a
    digest of the whole dbt project and its packages. It reads no rows where it passed with the same
    code; all of them if any code has changed, with --full-refresh, and wherever nobody says what the
    code is, as where dbt is run by hand. If a row can make it fail, be it good data that brings out what
    SQL or a partial build does wrong, it is a test of data.
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
{{ forget_as_tested(test) }};
insert into increments.tested
select '{{ test.name }}', {{ definition }}, coalesce(max(build), 0) from increments.builds
{%- endmacro %}

{# What a test of code is noted with; none of a test of data, or where nobody says what the code is. #}
{% macro code_tested(test, sql) %}
    {%- if test.config.get('meta', {}).get('tests') == 'code' and var('code') -%}
        {%- do return("'" ~ local_md5(var('code') ~ sql) ~ "'") -%}
    {%- endif -%}
{% endmacro %}

{% macro is_tested_with(test, definition) -%}
select exists (
    select 1 from increments.tested where test = '{{ test.name }}' and definition = {{ definition }}
)
{%- endmacro %}

{% macro forget_as_tested(test) -%}
delete from increments.tested where test = '{{ test.name }}'
{%- endmacro %}

{#
    The rows that a test looks at now: all, those of untested partitions, or none.
    definition: What it is noted with, if it is.
#}
{% macro looked_at_by(test, sql, code, definition) %}
    {%- if definition and not flags.FULL_REFRESH -%}
        {%- if code and run_query(is_tested_with(test, definition)).rows[0][0] -%}
            {%- do log(test.name ~ ' looks at no row: it passed with the same code', info=true) -%}
            {%- do return('select * from (' ~ sql ~ '\n) as tested_before where false') -%}
        {%- elif not code and run_query(is_noted_since_tested(test, definition)).rows[0][0] -%}
            {%- do run_query(untested_partitions(test)) -%}
            {%- do return(only_touched_rows(sql)) -%}
        {%- endif -%}
    {%- endif -%}
    {%- do return(sql) -%}
{% endmacro %}

{% materialization test, adapter="duckdb" %}
    {%- if should_store_failures() %}
        {%- do exceptions.raise_compiler_error('tests of this project do not store failures') %}
    {%- endif %}
    {%- set code = code_tested(model, sql) %}
    {%- set definition = code or (definition_of(model, local_md5(sql)) if is_marked(sql)) %}
    {%- set looked_at = looked_at_by(model, sql, code, definition) %}
    {%- call statement("main", fetch_result=True) %}
        {{ get_test_sql(
            looked_at, config.get("fail_calc"), config.get("warn_if"), config.get("error_if"),
            config.get("limit")
        ) }}
    {%- endcall %}
    {%- set has_failed = load_result("main").table.rows[0][0] %}
    {%- if definition or has_failed %}
        {%- call statement("noted") %}
            {{ forget_as_tested(model) if has_failed else note_as_tested(model, definition) }}
        {%- endcall %}
        {%- do adapter.commit() %}
    {%- endif %}
    {%- do return({"relations": []}) %}
{% endmaterialization %}
