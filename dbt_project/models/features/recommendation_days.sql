-- Models are fitted on the latest first of a month that is evaluated, as segments are, so that what
-- is recommended moves with what customers do, not with the day of a run; they are chosen by what
-- was bought before it.
{{ config(materialized='view') }}

with

as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

orders as (

    select
        source_systems.shop,
        min(orders.order_date) as first_order_date
    from {{ ref('int_orders') }} as orders
    inner join {{ ref('int_source_systems') }} as source_systems
        on orders.source_system = source_systems.source_system
    group by source_systems.shop

),

shops as (

    select
        shop,
        max(as_of_date) filter (is_current) as current_as_of_date,
        coalesce(
            max(as_of_date) filter (not is_current or extract(day from as_of_date) = 1),
            max(as_of_date)
        ) as fitting_date
    from as_of_dates
    group by shop

),

days as (

    select
        shop,
        'current' as purpose,
        current_as_of_date as as_of_date
    from shops
    union all
    select
        shop,
        'fitting' as purpose,
        fitting_date as as_of_date
    from shops
    union all
    select
        shop,
        'test' as purpose,
        fitting_date - {{ var('recommendation_test_days') }} as as_of_date
    from shops
    union all
    select
        shop,
        'tuning' as purpose,
        fitting_date - 2 * {{ var('recommendation_test_days') }} as as_of_date
    from shops

),

told as (

    select days.*
    from days
    inner join orders on days.shop = orders.shop and days.as_of_date > orders.first_order_date

)

select * from told
