{%- set repeat_days = var('repeat_days') %}
{%- set dimensions = {
    'category': 'products.category', 'brand': 'products.brand', 'product': 'products.product_id',
} %}

with

orders as (

    select * from {{ ref('orders') }}
    where order_number <= 2

),

order_lines as (

    select * from {{ ref('order_lines') }}
    where line_kind = 'product' and quantity > 0

),

products as (

    select * from {{ ref('products') }}

),

customers as (

    select
        shop,
        customer_id,
        as_of_date,
        max(case when order_number = 1 then order_id end) as first_order_id,
        max(case when order_number = 2 then days_since_previous_order end)
            as days_to_second_order,
        -- All of the days after the first order are known.
        min(order_date) + {{ repeat_days }} < as_of_date as is_followed
    from orders
    group by shop, customer_id, as_of_date

),

bought as (
    {% for dimension, value in dimensions.items() %}
    select distinct
        customers.*,
        '{{ dimension }}' as dimension,
        {{ value }} as dimension_value,
        {{ 'products.name' if dimension == 'product' else value }} as name
    from customers
    inner join order_lines on customers.first_order_id = order_lines.order_id
    inner join products on order_lines.product_id = products.product_id
    where {{ value }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

counted as (

    select
        shop,
        as_of_date,
        dimension,
        dimension_value,
        name,
        count(*) as customer_count,
        count(case when is_followed then 1 end) as followed_customer_count,
        count(case when is_followed and days_to_second_order <= {{ repeat_days }} then 1 end)
            as repeat_customer_count,
        cast(median(days_to_second_order) as double) as median_days_to_second_order
    from bought
    group by shop, as_of_date, dimension, dimension_value, name

),

rated as (

    select
        shop,
        as_of_date,
        dimension,
        dimension_value,
        name,
        customer_count,
        followed_customer_count,
        repeat_customer_count,
        cast(repeat_customer_count / nullif(followed_customer_count, 0) as double) as repeat_rate,
        median_days_to_second_order
    from counted

)

select * from rated
