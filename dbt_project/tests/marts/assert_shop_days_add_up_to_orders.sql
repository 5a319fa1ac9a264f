-- A row is a shop whose days hold other orders, new customers or money than its orders.
{%- set amounts = [
    'gross_amount', 'discount_amount', 'net_amount', 'returned_amount', 'coupon_amount',
    'charges_amount',
] %}

with

orders as (

    select
        shop,
        count(order_number) as order_count,
        count(*) filter (where is_value_unknown) as unvalued_order_count,
        count(*) filter (where order_number = 1) as new_customer_count,
        count(fully_returned_date) as fully_returned_order_count,
        {%- for amount in amounts %}
        sum({{ amount }}) as {{ amount }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('orders') }}
    group by shop

),

shop_days as (

    select
        shop,
        sum(order_count) as order_count,
        sum(unvalued_order_count) as unvalued_order_count,
        sum(new_customer_count) as new_customer_count,
        sum(fully_returned_order_count) as fully_returned_order_count,
        {%- for amount in amounts %}
        sum({{ amount }}) as {{ amount }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('shop_days') }}
    group by shop

),

compared as (

    select coalesce(orders.shop, shop_days.shop) as shop
    from orders
    full outer join shop_days on orders.shop = shop_days.shop
    where
        orders.order_count is distinct from shop_days.order_count
        or orders.unvalued_order_count is distinct from shop_days.unvalued_order_count
        or orders.new_customer_count is distinct from shop_days.new_customer_count
        or orders.fully_returned_order_count is distinct from shop_days.fully_returned_order_count
        {%- for amount in amounts %}
        or coalesce(orders.{{ amount }}, 0) <> coalesce(shop_days.{{ amount }}, 0)
        {%- endfor %}

)

select * from compared
