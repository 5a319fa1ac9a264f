{# The day of the week of a date, 1 for Monday to 7 for Sunday (ISO 8601). #}
{% macro iso_weekday(date) %}{{ return(adapter.dispatch('iso_weekday', 'portrait')(date)) }}{% endmacro %}

{% macro default__iso_weekday(date) -%}
isodow({{ date }})
{%- endmacro %}
