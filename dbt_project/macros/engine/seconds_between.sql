{# Whole seconds from one timestamp to a later one. #}
{% macro seconds_between(first, later) %}{{ return(adapter.dispatch('seconds_between', 'portrait')(first, later)) }}{% endmacro %}

{% macro default__seconds_between(first, later) -%}
datediff('second', {{ first }}, {{ later }})
{%- endmacro %}
