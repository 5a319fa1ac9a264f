{#
    What is predicted: `config.meta.prediction` of each exposure of type ml, by its name
    (models/predictions). How far each looks ahead stands there and nowhere else.
#}
{% macro predictions() %}
    {%- set declared = {} -%}
    {%- if execute -%}
        {%- for exposure in graph.exposures.values() if exposure.type == 'ml' -%}
            {%- do declared.update({exposure.name: exposure.config.meta.prediction}) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- do return(declared) -%}
{% endmacro %}

{# The horizons that have labels: those of all predictions and of segment_outcomes, in days; ascending. #}
{% macro label_horizons() %}
    {%- set horizons = predictions().values() | map(attribute='horizon_days') | list -%}
    {%- for horizon_days in var('outcome_horizon_days') -%}
        {%- do horizons.append(horizon_days) -%}
    {%- endfor -%}
    {%- do return(horizons | unique | sort) -%}
{% endmacro %}

{# The past days of which a horizon is over when the current day is another: see `touched_by`. #}
{% macro days_with_horizons_over() -%}
select shop, as_of_date from {changed}
union all
select cutoffs.shop, cutoffs.as_of_date
from {as_of_dates} as cutoffs
inner join (
    select shop, min(as_of_date) as first_date, max(as_of_date) as last_date
    from {changed}
    where is_current
    group by shop
) as todays using (shop)
where
    false
    {%- for horizon_days in label_horizons() %}
    or cutoffs.as_of_date + {{ horizon_days }} between todays.first_date and todays.last_date
    {%- endfor %}
{%- endmacro %}

{# The past days in whose longest horizon something else happened: see `touched_by`. #}
{% macro days_with_changed_horizons() -%}
    {{ return(days_with_horizons_around('activity_date', 'known_date')) }}
{%- endmacro %}

{# The past days in whose longest horizon coupons were redeemed otherwise: see `touched_by`. #}
{% macro days_with_changed_redemptions() -%}
    {{ return(days_with_horizons_around('redemption_date', 'redemption_date')) }}
{%- endmacro %}

{# The past days in whose longest horizon a changed row happened, and was known. #}
{% macro days_with_horizons_around(happened, known) -%}
select shop, as_of_date from {as_of_dates}
where exists (
    select 1 from {changed}
    inner join {int_source_systems} as source_systems using (source_system)
    where
        source_systems.shop = as_of_dates.shop
        and changed.{{ happened }} >= as_of_dates.as_of_date
        and changed.{{ known }} < as_of_dates.as_of_date + {{ label_horizons() | max }}
)
{%- endmacro %}
