with

tastes as (

    select * from {{ ref('known_tastes') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where is_current

),

customers as (

    select
        shop,
        dimension,
        customer_id,
        any_value(basket_count) as basket_count
    from tastes
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

counted as (

    select
        shop,
        dimension,
        dimension_value,
        cast(sum(order_count) as bigint) as order_count,
        cast(sum(order_count * (order_count - 1)) as bigint) as peers_with_both,
        cast(sum(order_count * (basket_count - 1)) as bigint) as peers_with_one
    from tastes
    group by shop, dimension, dimension_value

),

frequent as (

    select
        counted.*,
        as_of_dates.as_of_date,
        totals.basket_count,
        totals.peer_count,
        counted.order_count / totals.basket_count as share
    from counted
    inner join totals on counted.shop = totals.shop and counted.dimension = totals.dimension
    inner join as_of_dates on counted.shop = as_of_dates.shop
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
