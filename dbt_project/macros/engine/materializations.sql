{#
    Tables and views in DuckDB by `create or replace`.

    dbt's own materializations build beside the old relation, rename twice and drop: eight statements
    and half of what a small model costs. In DuckDB one statement replaces a relation atomically.
    Contracts are checked as dbt checks them; of its options only hooks are supported.
#}
{% materialization table, adapter="duckdb" %}
    {{ return(replace_relation("table")) }}
{% endmaterialization %}

{% materialization view, adapter="duckdb" %}
    {{ return(replace_relation("view")) }}
{% endmaterialization %}

{# Makes this model's relation. type: table or view. #}
{% macro replace_relation(type) %}
    {%- set relation = this.incorporate(type=type) -%}
    {%- set existing = load_cached_relation(this) -%}
    {{ run_hooks(pre_hooks) }}
    {%- if existing is not none and existing.type != type %}
        {%- do adapter.drop_relation(existing) %}
    {%- endif %}
    {%- call statement("main") %}
        {%- if config.get("contract").enforced %}
            {{ get_assert_columns_equivalent(sql) }}
            {%- set sql = get_select_subquery(sql) %}
        {%- endif %}
        create or replace {{ type }} {{ relation }} as (
            {{ sql }}
        )
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {%- do adapter.commit() %}
    {%- do return({"relations": [relation]}) %}
{% endmacro %}
