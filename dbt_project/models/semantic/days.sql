with

sold as (

    select * from {{ ref('orders') }}

),

ends as (

    select
        min(order_date) as first_day,
        max(order_date) as last_day
    from sold

),

days as (

    select cast(unnest(generate_series(first_day, last_day, interval 1 day)) as date) as activity_date
    from ends

)

select * from days
