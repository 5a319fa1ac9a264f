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
        sum(unvalued_order_count) filter (activity_date >= as_of_date - 30) as unvalued_orders,
        sum(unvalued_order_count) filter (activity_date < as_of_date - 30)
            as previous_unvalued_orders,
        -- Unknown where no order's value is known; what was given back counts all the same.
        sum(net_amount) filter (activity_date >= as_of_date - 30)
        - sum(returned_amount) filter (activity_date >= as_of_date - 30) as revenue,
        sum(net_amount) filter (activity_date < as_of_date - 30)
        - sum(returned_amount) filter (activity_date < as_of_date - 30) as previous_revenue
    from shop_days
    where shop = $1 and activity_date >= as_of_date - 60
)

select
    customers.*,
    days.*,
    days.revenue / nullif(days.orders - days.unvalued_orders, 0) as order_value,
    days.previous_revenue / nullif(days.previous_orders - days.previous_unvalued_orders, 0)
        as previous_order_value
from customers cross join days
