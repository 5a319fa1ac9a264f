{# Every column but the named ones. columns: list of names. #}
{% macro all_but(columns) %}{{ return(adapter.dispatch('all_but', 'portrait')(columns)) }}{% endmacro %}

{% macro default__all_but(columns) -%}
* exclude ({{ columns | join(', ') }})
{%- endmacro %}
