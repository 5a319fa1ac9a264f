with

baskets as (

    select * from {{ ref('known_baskets') }}
    {{ where_touched('known_baskets') }}

),

first_orders as (

    select
        shop,
        customer_id,
        order_date as first_order_date
    from {{ ref('known_orders') }}
    where order_number = 1
    {{ and_touched('known_orders') }}

),

customers as (

    select
        shop,
        customer_id,
        dimension,
        count(distinct order_id) as basket_count
    from baskets
    group by shop, customer_id, dimension

),

tastes as (

    select
        baskets.shop,
        baskets.customer_id,
        baskets.dimension,
        baskets.dimension_value,
        first_orders.first_order_date,
        count(*) as order_count,
        min(
            case
                when
                    baskets.order_date
                    <= first_orders.first_order_date + {{ var('repeat_days') }}
                    then baskets.order_number
            end
        ) as early_order_number
    from baskets
    inner join first_orders
        on
            baskets.shop = first_orders.shop
            and baskets.customer_id = first_orders.customer_id
    group by
        baskets.shop,
        baskets.customer_id,
        baskets.dimension,
        baskets.dimension_value,
        first_orders.first_order_date

),

told as (

    select
        tastes.*,
        customers.basket_count
    from tastes
    inner join customers
        on
            tastes.shop = customers.shop
            and tastes.customer_id = customers.customer_id
            and tastes.dimension = customers.dimension

)

select * from told
