with

tastes as (

    select * from {{ ref('known_tastes') }}
    where early_order_number is not null

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where is_current

),

followed as (

    -- All of the days after the first order are known.
    select
        tastes.shop,
        as_of_dates.as_of_date,
        tastes.dimension,
        tastes.customer_id,
        tastes.dimension_value,
        tastes.early_order_number as order_number
    from tastes
    inner join as_of_dates
        on
            tastes.shop = as_of_dates.shop
            and tastes.first_order_date + {{ var('repeat_days') }} < as_of_dates.as_of_date

)

select * from followed
