{{ config(materialized='view') }}

with

order_totals as (

    select * from {{ ref('int_order_totals') }}

),

marked as (

    -- A code on the order says no less than money on a line.
    select
        *,
        has_coupon_code or coupon_amount > 0 as has_coupon
    from order_totals

),

counted as (

    select
        source_system,
        source_order_id,
        source_customer_id,
        order_date as activity_date,
        order_date as known_date,
        fully_returned_date,
        1 as document_count,
        line_count,
        cast(is_purchase as integer) as order_count,
        cast(is_purchase and is_value_unknown as integer) as unvalued_order_count,
        cast(is_purchase and (has_coupon or has_discount) as integer) as discounted_order_count,
        cast(is_purchase and has_coupon as integer) as coupon_order_count,
        cast(is_purchase and {{ is_weekend('order_date') }} as integer) as weekend_order_count,
        cast(is_purchase and order_hour is not null as integer) as timed_order_count,
        cast(is_purchase and order_hour between 5 and 10 as integer) as morning_order_count,
        cast(is_purchase and order_hour between 11 and 16 as integer) as afternoon_order_count,
        cast(is_purchase and order_hour between 17 and 21 as integer) as evening_order_count,
        goods_amount + order_discount_amount - refunded_amount as net_amount,
        refunded_amount as returned_amount,
        refunded_amount as matched_return_amount,
        line_discount_amount - order_discount_amount as discount_amount,
        coupon_amount,
        charges_amount,
        cast(return_line_count > 0 or refunded_amount > 0 as integer) as return_count
    from marked

)

select * from counted
