-- The total that an order states is held against what its lines come to, with shipping and tax that
-- stand beside them and less the discount on the order.
with

orders as (

    select * from {{ ref('int_orders') }}
    where
        total_amount is not null
        {{ and_touched('int_orders') }}

),

order_lines as (

    select * from {{ ref('int_order_lines') }}
    where
        order_status is distinct from 'cancelled'
        {{ and_touched('int_order_lines') }}

),

added_up as (

    select
        source_system,
        source_order_id,
        count(*) as line_count,
        sum(net_amount) as amount
    from order_lines
    group by source_system, source_order_id

),

compared as (

    select
        orders.source_system,
        orders.source_order_id,
        orders.total_amount as stated_amount,
        cast(
            added_up.amount
            + coalesce(orders.shipping_amount, 0)
            + coalesce(orders.tax_amount, 0)
            - coalesce(orders.discount_amount, 0)
            as decimal(18, 4)
        ) as listed_amount,
        added_up.line_count
    from orders
    inner join added_up
        on
            orders.source_system = added_up.source_system
            and orders.source_order_id = added_up.source_order_id

),

judged as (

    -- Each line may have been rounded on its own.
    select
        *,
        abs(stated_amount - listed_amount)
        <= {{ var('total_tolerance_per_line') }} * line_count as is_agreeing
    from compared

)

select * from judged
