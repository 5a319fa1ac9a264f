{#
    What is left of an amount after so many days: half of it after every affinity_half_life_days. A decimal:
    decimals add up to the same sum in whatever order threads add them; doubles do not.
#}
{% macro decayed(amount, days) -%}
cast(
    {{ amount }} * power(0.5, ({{ days }}) / cast({{ var('affinity_half_life_days') }} as double))
    as decimal(18, 6)
)
{%- endmacro %}
