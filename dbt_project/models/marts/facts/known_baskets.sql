with

orders as (

    select * from {{ ref('known_orders') }}
    where order_number is not null
    {{ and_touched('known_orders') }}

),

order_lines as (

    select * from {{ ref('known_order_lines') }}
    where line_kind = 'product' and quantity > returned_quantity
    {{ and_touched('known_order_lines') }}

),

products as (

    select
        source_system || ':' || source_product_id as product_id,
        {{ last_of_path('category_path') }} as category
    from {{ ref('int_products') }}

),

bought as (

    select distinct
        orders.shop,
        orders.customer_id,
        orders.order_id,
        orders.order_number,
        orders.order_date,
        order_lines.product_id
    from orders
    inner join order_lines on orders.order_id = order_lines.order_id

),

baskets as (

    select
        shop,
        customer_id,
        'product' as dimension,
        product_id as dimension_value,
        order_id,
        order_number,
        order_date
    from bought
    union all
    select distinct
        bought.shop,
        bought.customer_id,
        'category' as dimension,
        products.category as dimension_value,
        bought.order_id,
        bought.order_number,
        bought.order_date
    from bought
    inner join products on bought.product_id = products.product_id
    where products.category is not null

)

select * from baskets
