{%- set dimensions = {'category': 'products.category', 'product': 'products.product_id'} %}

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

baskets as (
    {% for dimension, value in dimensions.items() %}
    select distinct
        orders.shop,
        orders.as_of_date,
        '{{ dimension }}' as dimension,
        orders.order_id,
        {{ value }} as dimension_value,
        {{ 'products.name' if dimension == 'product' else value }} as name
    from orders
    inner join order_lines on orders.order_id = order_lines.order_id
    inner join products on order_lines.product_id = products.product_id
    where {{ value }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

totals as (

    select
        shop,
        dimension,
        count(distinct order_id) as basket_count
    from baskets
    group by shop, dimension

),

counted as (

    select
        baskets.shop,
        baskets.as_of_date,
        baskets.dimension,
        baskets.dimension_value,
        baskets.name,
        totals.basket_count,
        count(*) as order_count
    from baskets
    inner join totals
        on baskets.shop = totals.shop and baskets.dimension = totals.dimension
    group by all

),

frequent as (

    select * from counted
    where
        order_count >= {{ var('pairs_minimum_orders') }}
        and order_count >= {{ var('pairs_minimum_support') }} * basket_count

),

frequent_baskets as (

    select
        baskets.shop,
        baskets.dimension,
        baskets.order_id,
        baskets.dimension_value
    from baskets
    inner join frequent
        on
            baskets.shop = frequent.shop
            and baskets.dimension = frequent.dimension
            and baskets.dimension_value = frequent.dimension_value

),

pairs as (

    select
        ones.shop,
        ones.dimension,
        ones.dimension_value,
        others.dimension_value as other_value,
        count(*) as order_count
    from frequent_baskets as ones
    inner join frequent_baskets as others
        on
            ones.dimension = others.dimension
            and ones.order_id = others.order_id
            and ones.dimension_value <> others.dimension_value
    group by ones.shop, ones.dimension, ones.dimension_value, others.dimension_value
    having count(*) >= {{ var('pairs_minimum_orders') }}

),

measured as (

    select
        pairs.shop,
        ones.as_of_date,
        pairs.dimension,
        pairs.dimension_value,
        pairs.other_value,
        ones.name,
        others.name as other_name,
        pairs.order_count,
        ones.order_count as value_order_count,
        others.order_count as other_order_count,
        cast(pairs.order_count / ones.basket_count as double) as support,
        cast(pairs.order_count / ones.order_count as double) as confidence,
        cast(
            pairs.order_count * ones.basket_count / (ones.order_count * others.order_count)
            as double
        ) as lift
    from pairs
    inner join frequent as ones
        on
            pairs.shop = ones.shop and pairs.dimension = ones.dimension
            and pairs.dimension_value = ones.dimension_value
    inner join frequent as others
        on
            pairs.shop = others.shop and pairs.dimension = others.dimension
            and pairs.other_value = others.dimension_value

)

select * from measured
