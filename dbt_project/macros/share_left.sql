{# What is left of an amount after so many days: half of it after every affinity_half_life_days. #}
{% macro share_left(days) -%}
power(0.5, ({{ days }}) / cast({{ var('affinity_half_life_days') }} as double))
{%- endmacro %}
