-- A row is a customer whose months hold other orders or money than their orders.
with

orders as (

    select
        customer_id,
        count(order_number) as order_count,
        count(*) filter (where is_value_unknown) as unvalued_order_count,
        sum(net_amount) as net_amount,
        sum(returned_amount) as returned_amount
    from {{ ref('orders') }}
    group by customer_id

),

customer_months as (

    select
        customer_id,
        sum(order_count) as order_count,
        sum(unvalued_order_count) as unvalued_order_count,
        sum(net_amount) as net_amount,
        sum(returned_amount) as returned_amount,
        sum(total_spend) as total_spend
    from {{ ref('customer_months') }}
    group by customer_id

),

compared as (

    -- Whose documents move no goods has no month.
    select coalesce(orders.customer_id, customer_months.customer_id) as customer_id
    from orders
    full outer join customer_months on orders.customer_id = customer_months.customer_id
    where
        coalesce(orders.order_count, 0) <> coalesce(customer_months.order_count, 0)
        or coalesce(orders.unvalued_order_count, 0)
        <> coalesce(customer_months.unvalued_order_count, 0)
        or coalesce(orders.net_amount, 0) <> coalesce(customer_months.net_amount, 0)
        or coalesce(orders.returned_amount, 0) <> coalesce(customer_months.returned_amount, 0)
        or coalesce(orders.net_amount, 0) - coalesce(orders.returned_amount, 0)
        <> coalesce(customer_months.total_spend, 0)

)

select * from compared
