-- A row is a shop whose coupons, or whose campaigns, hold other orders or money than its orders
-- that stand.
{%- set amounts = ['gross_amount', 'discount_amount', 'net_amount', 'returned_amount'] %}

with

orders as (

    select
        shop,
        count(*) as order_count,
        count(*) filter (where is_value_unknown) as unvalued_order_count,
        count(distinct case when order_number = 1 then customer_id end) as new_customer_count,
        {%- for amount in amounts %}
        sum({{ amount }}) as {{ amount }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('orders') }}
    where order_number is not null
    group by shop

),

discounts as (

    select
        shop,
        discount_kind,
        sum(order_count) as order_count,
        sum(unvalued_order_count) as unvalued_order_count,
        sum(new_customer_count) as new_customer_count,
        {%- for amount in amounts %}
        sum({{ amount }}) as {{ amount }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('discounts') }}
    group by shop, discount_kind

),

compared as (

    select
        orders.shop,
        discounts.discount_kind
    from orders
    left join discounts on orders.shop = discounts.shop
    where
        orders.order_count is distinct from discounts.order_count
        or orders.unvalued_order_count is distinct from discounts.unvalued_order_count
        or orders.new_customer_count is distinct from discounts.new_customer_count
        {%- for amount in amounts %}
        or coalesce(orders.{{ amount }}, 0) <> coalesce(discounts.{{ amount }}, 0)
        {%- endfor %}

)

select * from compared
