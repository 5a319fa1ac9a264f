with

curves as (

    select * from {{ source('ml', 'model_curves') }}

),

tracking as (

    select * from {{ source('ml', 'purchase_tracking') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where is_current

),

tracked as (

    {% for series, column in [('actual', 'actual_cumulative'), ('model', 'expected_cumulative')] %}
    select
        shop,
        as_of_date,
        model_name,
        cast(null as varchar) as prediction,
        'lifetime_value' as target,
        evaluated_on,
        'tracking' as curve,
        '{{ series }}' as series,
        row_number() over (partition by shop, as_of_date order by week) as point,
        (ends_on - evaluated_on) / 7.0 as x,
        {{ column }} as y,
        cast(null as double) as lower_bound,
        cast(null as double) as upper_bound,
        customer_count
    from tracking
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

drawn as (

    select
        shop,
        as_of_date,
        model_name,
        prediction,
        target,
        evaluated_on,
        curve,
        series,
        point,
        x,
        y,
        lower_bound,
        upper_bound,
        customer_count
    from curves
    union all
    select * from tracked

),

selected as (

    -- The table may be older than the rest.
    select
        drawn.shop,
        drawn.as_of_date,
        drawn.model_name,
        drawn.prediction,
        drawn.target,
        drawn.evaluated_on,
        drawn.curve,
        drawn.series,
        cast(drawn.point as integer) as point,
        cast(drawn.x as double) as x,
        drawn.y,
        drawn.lower_bound,
        drawn.upper_bound,
        drawn.customer_count
    from drawn
    inner join as_of_dates
        on drawn.shop = as_of_dates.shop and drawn.as_of_date = as_of_dates.as_of_date

)

select * from selected
