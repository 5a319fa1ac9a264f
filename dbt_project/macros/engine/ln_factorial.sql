{# Natural logarithm of n!; n is a whole number from 0 on. #}
{% macro ln_factorial(n) %}{{ return(adapter.dispatch('ln_factorial', 'portrait')(n)) }}{% endmacro %}

{% macro default__ln_factorial(n) -%}
lgamma({{ n }} + 1)
{%- endmacro %}
