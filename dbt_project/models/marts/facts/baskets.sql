with

orders as (

    select * from {{ ref('orders') }}
    where order_number is not null

),

order_lines as (

    select * from {{ ref('order_lines') }}
    where line_kind = 'product' and quantity > returned_quantity

),

products as (

    select * from {{ ref('products') }}

),

bought as (

    select distinct
        orders.shop,
        orders.as_of_date,
        orders.customer_id,
        orders.order_id,
        order_lines.product_id
    from orders
    inner join order_lines on orders.order_id = order_lines.order_id

),

baskets as (

    select
        shop,
        as_of_date,
        'product' as dimension,
        customer_id,
        order_id,
        product_id as dimension_value
    from bought
    union all
    select distinct
        bought.shop,
        bought.as_of_date,
        'category' as dimension,
        bought.customer_id,
        bought.order_id,
        products.category as dimension_value
    from bought
    inner join products on bought.product_id = products.product_id
    where products.category is not null

)

select * from baskets
