with

baskets as (

    select * from {{ ref('baskets') }}

),

customers as (

    select
        shop,
        dimension,
        customer_id,
        count(distinct order_id) as basket_count
    from baskets
    group by shop, dimension, customer_id

),

totals as (

    select
        shop,
        dimension,
        cast(sum(basket_count) as bigint) as basket_count,
        -- Other orders of the same customer that an order has, over all orders.
        cast(sum(basket_count * (basket_count - 1)) as bigint) as peer_count
    from customers
    group by shop, dimension

),

tastes as (

    select
        shop,
        as_of_date,
        dimension,
        dimension_value,
        customer_id,
        count(*) as order_count
    from baskets
    group by shop, as_of_date, dimension, dimension_value, customer_id

),

counted as (

    select
        tastes.shop,
        tastes.as_of_date,
        tastes.dimension,
        tastes.dimension_value,
        cast(sum(tastes.order_count) as bigint) as order_count,
        cast(sum(tastes.order_count * (tastes.order_count - 1)) as bigint) as peers_with_both,
        cast(sum(tastes.order_count * (customers.basket_count - 1)) as bigint) as peers_with_one
    from tastes
    inner join customers
        on
            tastes.shop = customers.shop
            and tastes.dimension = customers.dimension
            and tastes.customer_id = customers.customer_id
    group by tastes.shop, tastes.as_of_date, tastes.dimension, tastes.dimension_value

),

frequent as (

    select
        counted.*,
        totals.basket_count,
        totals.peer_count,
        counted.order_count / totals.basket_count as share
    from counted
    inner join totals on counted.shop = totals.shop and counted.dimension = totals.dimension
    where
        counted.order_count >= {{ var('pairs_minimum_orders') }}
        and counted.order_count >= {{ var('pairs_minimum_support') }} * totals.basket_count

),

likened as (

    -- The mean, over two orders of one customer, of the product of what each differs from the share
    -- of all, over the variance of one. Below nought it is chance.
    select
        shop,
        as_of_date,
        dimension,
        dimension_value,
        order_count,
        basket_count,
        peer_count,
        greatest(0, least(1, coalesce(cast(
            (peers_with_both - 2 * share * peers_with_one + share * share * peer_count)
            / nullif(peer_count * share * (1 - share), 0) as double
        ), 0))) as likeness,
        row_number() over (order by shop, dimension, dimension_value) as value_number
    from frequent

)

select * from likened
