{#
    The population stability index of rows that are bands: the sum of (q - p) * ln(q / p), p and q the
    shares of a band then and now. Half a customer more is counted in each band, so that an empty one
    is no infinity. Decimals, whose sum does not depend on the order of rows.
#}
{% macro stability_index(then, now, then_in_all, now_in_all, bands) -%}
{%- set p = '((' ~ then ~ ' + 0.5) / (' ~ then_in_all ~ ' + 0.5 * ' ~ bands ~ '))' -%}
{%- set q = '((' ~ now ~ ' + 0.5) / (' ~ now_in_all ~ ' + 0.5 * ' ~ bands ~ '))' -%}
cast(sum(cast(({{ q }} - {{ p }}) * ln({{ q }} / {{ p }}) as decimal(18, 9))) as double)
{%- endmacro %}

{#
    What the index of two samples of one population exceeds once in twenty times: 1 / n + 1 / m times
    the 95th percentile of chi-square with a degree of freedom less than there are bands
    (Yurdakul and Naranjo 2020), by the approximation of Wilson and Hilferty (1931).
#}
{% macro stability_by_chance(then_in_all, now_in_all, bands) -%}
{%- set freedom = '(' ~ bands ~ ' - 1)' -%}
case
    when {{ bands }} < 2 or {{ then_in_all }} = 0 or {{ now_in_all }} = 0 then 0.0
    else cast(
        (1.0 / {{ then_in_all }} + 1.0 / {{ now_in_all }}) * {{ freedom }}
        * power(1 - 2.0 / (9 * {{ freedom }}) + 1.6449 * sqrt(2.0 / (9 * {{ freedom }})), 3)
        as double
    )
end
{%- endmacro %}

{# What an index says in words, by the thresholds of the vars; `grows` is a condition. #}
{% macro stability_verdict(index, by_chance, grows='false') -%}
case
    when {{ index }} < {{ var('drift_moved_from') }} or {{ index }} <= {{ by_chance }} then 'stable'
    when {{ grows }} then 'grows by nature'
    when {{ index }} <= {{ var('drift_changed_above') }} then 'moved'
    else 'changed'
end
{%- endmacro %}

{# Days after which the first horizon of a prediction is over. #}
{% macro shortest_horizon() %}
    {%- set horizons = predictions().values() | map(attribute='horizon_days') | list -%}
    {%- do return((horizons or label_horizons()) | min) -%}
{% endmacro %}
