-- What each customer bought before the day: totals, windows, gaps between order days. Returns
-- count where they happened.
with

orders as (

    select
        source_system,
        source_customer_id,
        source_order_id,
        order_date,
        min(hour(ordered_at)) as order_hour,
        bool_or(quantity > 0) as is_purchase,
        count_if(quantity > 0) as line_count,
        sum(net_amount) as net_amount,
        sum(discount_amount) as discount_amount,
        sum(coupon_amount) as coupon_amount,
        -sum(net_amount) filter (where quantity < 0) as returned_amount
    from warehouse.intermediate.int_order_lines
    where order_status <> 'cancelled' and order_date < getvariable('day')
    group by source_system, source_customer_id, source_order_id, order_date

),

days as (

    select
        source_system,
        source_customer_id,
        order_date,
        count_if(is_purchase) as order_count,
        count_if(is_purchase and discount_amount > 0) as discounted_order_count,
        count_if(is_purchase and coupon_amount > 0) as coupon_order_count,
        count_if(is_purchase and isodow(order_date) > 5) as weekend_order_count,
        count_if(is_purchase and order_hour between 5 and 10) as morning_order_count,
        count_if(is_purchase and order_hour between 11 and 16) as afternoon_order_count,
        count_if(is_purchase and order_hour between 17 and 21) as evening_order_count,
        sum(line_count) as line_count,
        sum(net_amount) as net_amount,
        sum(discount_amount) as discount_amount,
        sum(coupon_amount) as coupon_amount,
        sum(returned_amount) as returned_amount
    from orders
    group by source_system, source_customer_id, order_date

),

spaced as (

    select
        *,
        order_date - lag(order_date) over (
            partition by source_system, source_customer_id order by order_date
        ) as gap
    from days

)

select
    source_system,
    source_customer_id,
    getvariable('day') - min(order_date) as days_since_first_order,
    getvariable('day') - max(order_date) as days_since_last_order,
    count(*) as order_day_count,
    avg(gap) as mean_days_between_orders,
    stddev(gap) as stddev_days_between_orders,
    max(net_amount) as max_order_day_spend,
    sum(order_count) as order_count,
    sum(line_count) as line_count,
    sum(discounted_order_count) as discounted_order_count,
    sum(coupon_order_count) as coupon_order_count,
    sum(weekend_order_count) as weekend_order_count,
    sum(morning_order_count) as morning_order_count,
    sum(afternoon_order_count) as afternoon_order_count,
    sum(evening_order_count) as evening_order_count,
    sum(net_amount) as total_spend,
    sum(discount_amount) as discount_amount,
    sum(coupon_amount) as coupon_amount,
    sum(returned_amount) as returned_amount,
    sum(order_count) filter (where order_date >= getvariable('day') - 30) as order_count_last_30_days,
    sum(order_count) filter (where order_date >= getvariable('day') - 90) as order_count_last_90_days,
    sum(net_amount) filter (where order_date >= getvariable('day') - 30) as total_spend_last_30_days,
    sum(net_amount) filter (where order_date >= getvariable('day') - 90) as total_spend_last_90_days,
    sum(order_count) filter (
        where order_date between getvariable('day') - 180 and getvariable('day') - 91
    ) as order_count_previous_90_days,
    sum(net_amount) filter (
        where order_date between getvariable('day') - 180 and getvariable('day') - 91
    ) as total_spend_previous_90_days
from spaced
group by source_system, source_customer_id
