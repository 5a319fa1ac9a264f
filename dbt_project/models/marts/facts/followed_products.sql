with

orders as (

    select * from {{ ref('orders') }}
    where order_number is not null

),

baskets as (

    select * from {{ ref('baskets') }}

),

followed as (

    -- All of the days after the first order are known.
    select
        shop,
        as_of_date,
        customer_id,
        order_date as first_order_date
    from orders
    where order_number = 1 and order_date + {{ var('repeat_days') }} < as_of_date

),

known_orders as (

    select
        orders.order_id,
        orders.order_number
    from orders
    inner join followed on orders.customer_id = followed.customer_id
    where orders.order_date <= followed.first_order_date + {{ var('repeat_days') }}

),

bought as (

    select
        baskets.shop,
        baskets.as_of_date,
        baskets.dimension,
        baskets.customer_id,
        baskets.dimension_value,
        min(known_orders.order_number) as order_number
    from baskets
    inner join known_orders on baskets.order_id = known_orders.order_id
    group by
        baskets.shop,
        baskets.as_of_date,
        baskets.dimension,
        baskets.customer_id,
        baskets.dimension_value

)

select * from bought
