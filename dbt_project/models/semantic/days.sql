with

profiles as (

    select * from {{ ref('customer_profiles') }}

),

ends as (

    select
        min(first_order_date) as first_day,
        max(last_order_date) as last_day
    from profiles

),

days as (

    select {{ each_day('first_day', 'last_day') }} as activity_date
    from ends

)

select * from days
