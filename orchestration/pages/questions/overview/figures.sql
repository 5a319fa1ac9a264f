with
customers as (
    select
        count(*) as customer_count,
        count(*) filter (order_count > 0) as buyer_count,
        count(*) filter (is_new_customer) as new_customer_count,
        any_value(currency) as currency
    from customer_profiles
    where shop = $1
),

days as (
    select
        sum(order_count) filter (activity_date >= as_of_date - 30) as orders,
        sum(order_count) filter (activity_date < as_of_date - 30) as previous_orders,
        sum(net_amount - returned_amount) filter (activity_date >= as_of_date - 30) as revenue,
        sum(net_amount - returned_amount) filter (activity_date < as_of_date - 30)
            as previous_revenue,
        sum(unvalued_order_count) filter (activity_date >= as_of_date - 30) as unvalued_orders
    from shop_days
    where shop = $1 and activity_date >= as_of_date - 60
)

from customers cross join days
