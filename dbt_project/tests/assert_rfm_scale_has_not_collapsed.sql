-- A failing row is a day of a shop and a dimension whose scores are spread over fewer than three
-- levels although there are enough customers: so many share one value that quantiles cannot tell
-- them apart. Set cut points in seeds/rfm_cut_points.csv then.
{{ config(severity='warn') }}

with

levels as (
    {% for dimension in ['recency', 'frequency', 'monetary'] %}
    select
        shop,
        as_of_date,
        '{{ dimension }}' as dimension,
        max({{ dimension }}_score_levels) as level_count,
        count(*) as customer_count
    from {{ ref('feature_rfm') }}
    {{ where_untested('feature_rfm', ['shop', 'as_of_date']) }}
    group by shop, as_of_date
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select
    'So many customers of ' || shop || ' have the same ' || dimension || ' that their scores have '
    || 'fewer than three levels: set cut points in seeds/rfm_cut_points.csv.' as told
from levels
where level_count < 3 and customer_count >= 10
