{# Whether a date is a Saturday or a Sunday. #}
{% macro is_weekend(date) %}{{ return(adapter.dispatch('is_weekend', 'portrait')(date)) }}{% endmacro %}

{% macro default__is_weekend(date) -%}
isodow({{ date }}) >= 6
{%- endmacro %}
