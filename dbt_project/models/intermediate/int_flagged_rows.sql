{{ config(materialized='view') }}

with

customers as (

    select
        *,
        {% for kind in number_kinds() -%}
        {{ 'or ' if not loop.first }}coalesce({{ is_rounded_identifier(kind) }}, false)
        {% endfor -%}
        as has_rounded_number
    from {{ ref('int_customers') }}

),

orders as (

    select * from {{ ref('int_orders') }}

),

order_lines as (

    select * from {{ ref('int_order_lines') }}

),

order_outliers as (

    select * from {{ ref('int_order_outliers') }}

),

order_agreements as (

    select * from {{ ref('int_order_agreements') }}

),

outlier_amounts as (

    select
        orders.source_system,
        'orders' as entity,
        'outlier_amount' as reason_code,
        orders.source_order_id as row_key,
        order_outliers.goods_amount as amount,
        cast(null as varchar) as delivered_currency,
        orders.origin_file,
        orders.origin_row,
        orders.load_id
    from orders
    inner join order_outliers
        on
            orders.source_system = order_outliers.source_system
            and orders.source_order_id = order_outliers.source_order_id
    where order_outliers.is_amount_outlier

),

disagreeing_totals as (

    select
        orders.source_system,
        'orders' as entity,
        'disagreeing_total' as reason_code,
        orders.source_order_id as row_key,
        order_agreements.stated_amount - order_agreements.listed_amount as amount,
        cast(null as varchar) as delivered_currency,
        orders.origin_file,
        orders.origin_row,
        orders.load_id
    from orders
    inner join order_agreements
        on
            orders.source_system = order_agreements.source_system
            and orders.source_order_id = order_agreements.source_order_id
    where not order_agreements.is_agreeing

),

orphan_products as (

    select
        source_system,
        'order_lines' as entity,
        'orphan_product' as reason_code,
        concat_ws(' / ', source_order_id, line_number) as row_key,
        net_amount as amount,
        delivered_currency,
        origin_file,
        origin_row,
        load_id
    from order_lines
    where is_orphan_product

),

rounded_identifiers as (

    select
        source_system,
        'customers' as entity,
        'rounded_identifier' as reason_code,
        source_customer_id as row_key,
        cast(null as decimal(18, 4)) as amount,
        cast(null as varchar) as delivered_currency,
        origin_file,
        origin_row,
        load_id
    from customers
    where has_rounded_number

),

flagged as (

    select * from outlier_amounts
    union all
    select * from disagreeing_totals
    union all
    select * from orphan_products
    union all
    select * from rounded_identifiers

)

select * from flagged
