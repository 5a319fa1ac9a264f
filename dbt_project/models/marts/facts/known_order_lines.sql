with

accepted_lines as (

    select * from {{ ref('int_order_lines') }}

),

known_orders as (

    select * from {{ ref('known_orders') }}
    {{ where_touched('known_orders') }}

),

known_returns as (

    select * from {{ ref('known_returns') }}
    {{ where_touched('known_returns') }}

),

given_back as (

    -- As in orders: what matches no purchase stays with the line that gave it back.
    select
        coalesce(purchase_order_id, order_id) as order_id,
        coalesce(purchase_line_number, line_number) as line_number,
        sum(quantity) as returned_quantity,
        sum(returned_amount) as returned_amount
    from known_returns
    group by all

),

described as (

    select
        known_orders.shop,
        known_orders.customer_id,
        known_orders.order_id,
        known_orders.source_system || ':' || accepted_lines.source_product_id as product_id,
        accepted_lines.line_kind,

        cast(accepted_lines.line_number as bigint) as line_number,
        cast(accepted_lines.quantity as decimal(18, 4)) as quantity,
        cast(accepted_lines.unit_price as decimal(18, 4)) as unit_price,
        cast(coalesce(accepted_lines.discount_amount, 0) as decimal(18, 4)) as discount_amount,
        cast(coalesce(accepted_lines.coupon_amount, 0) as decimal(18, 4)) as coupon_amount,
        cast(accepted_lines.net_amount as decimal(18, 4)) as net_amount,
        cast(coalesce(given_back.returned_quantity, 0) as decimal(18, 4)) as returned_quantity,
        cast(coalesce(given_back.returned_amount, 0) as decimal(18, 4)) as returned_amount,

        known_orders.order_date
    from accepted_lines
    inner join known_orders
        on
            accepted_lines.source_system = known_orders.source_system
            and accepted_lines.source_order_id = known_orders.source_order_id
    left join given_back
        on
            known_orders.order_id = given_back.order_id
            and accepted_lines.line_number = given_back.line_number

)

select * from described
