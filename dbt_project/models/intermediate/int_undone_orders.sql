-- An order whose goods all came back never was, from the day on which the last of them came back.
{{ config(materialized='view') }}

with

counted_orders as (

    select * from {{ ref('int_counted_orders') }}
    where fully_returned_date is not null

),

undone as (

    select
        source_system,
        source_order_id,
        source_customer_id,
        activity_date,
        fully_returned_date as known_date,
        -line_count as line_count,
        -order_count as order_count,
        -discounted_order_count as discounted_order_count,
        -coupon_order_count as coupon_order_count,
        -weekend_order_count as weekend_order_count,
        -timed_order_count as timed_order_count,
        -morning_order_count as morning_order_count,
        -afternoon_order_count as afternoon_order_count,
        -evening_order_count as evening_order_count
    from counted_orders

)

select * from undone
