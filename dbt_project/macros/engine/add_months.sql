{# The day so many months later, or earlier where the number is negative; the last day of a shorter month. #}
{% macro add_months(day, months) -%}
{{ return(adapter.dispatch('add_months', 'portrait')(day, months)) }}
{%- endmacro %}

{% macro default__add_months(day, months) -%} add_months({{ day }}, {{ months }}) {%- endmacro %}

{% macro duckdb__add_months(day, months) -%}
cast({{ day }} + to_months({{ months }}) as date)
{%- endmacro %}
