{# A row a day from the first to the last. #}
{% macro each_day(first, last) %}{{ return(adapter.dispatch('each_day', 'portrait')(first, last)) }}{% endmacro %}

{% macro default__each_day(first, last) -%}
cast(unnest(generate_series({{ first }}, {{ last }}, interval 1 day)) as date)
{%- endmacro %}
