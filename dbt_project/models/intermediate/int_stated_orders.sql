-- What an order says of itself, beside its lines.
with

orders as (

    select * from {{ ref('int_orders') }}
    where
        status is distinct from 'cancelled'
        {{ and_touched('int_orders') }}

),

order_lines as (

    select * from {{ ref('int_order_lines_validated') }}
    {{ where_touched('int_order_lines_validated') }}

),

refused as (

    -- A refused line says that something was bought, only not what for; but of quantity zero
    -- nothing was, and of several versions another counts.
    select
        source_system,
        source_order_id,
        coalesce(bool_or(
            reason_code not in (
                'zero_quantity', 'duplicate_key', 'conflicting_duplicate', 'superseded'
            )
            and line_kind = 'product'
            and coalesce(quantity, 1) > 0
        ), false) as has_refused_goods
    from order_lines
    group by source_system, source_order_id

),

stated as (

    select
        orders.source_system,
        orders.source_order_id,
        coalesce(
            orders.goods_amount,
            orders.total_amount
            - coalesce(orders.shipping_amount, 0)
            - coalesce(orders.tax_amount, 0)
            + coalesce(orders.discount_amount, 0)
        ) as stated_goods_amount,
        coalesce(orders.discount_amount, 0) as stated_discount_amount,
        greatest(coalesce(orders.refunded_amount, 0), 0) as stated_refunded_amount,
        coalesce(trim(orders.coupon_code), '') <> '' as has_coupon_code,
        -- An order of which no line was delivered has goods all the same.
        coalesce(refused.has_refused_goods, true) and coalesce(orders.status, '') <> 'return'
            as has_unlisted_goods
    from orders
    left join refused
        on
            orders.source_system = refused.source_system
            and orders.source_order_id = refused.source_order_id

)

select * from stated
