-- A failing row is a source system whose customer days add up to other money than its accepted
-- order lines, and what orders say beside them: netting and reversals move money between days, they
-- never make or lose any.
with

order_lines as (

    select
        lines.source_system,
        sum(lines.net_amount) as amount
    from {{ ref('int_order_lines') }} as lines
    inner join {{ ref('int_orders') }} as orders
        on
            lines.source_system = orders.source_system
            and lines.source_order_id = orders.source_order_id
    where orders.status is distinct from 'cancelled'
    group by lines.source_system

),

stated_orders as (

    -- What orders say of themselves and no line does: goods of those that list none, and discounts.
    select
        stated.source_system,
        sum(
            case when totals.is_unlisted then coalesce(stated.stated_goods_amount, 0) else 0 end
            - case when totals.is_value_unknown then 0 else stated.stated_discount_amount end
            - totals.refunded_amount
        ) as amount
    from {{ ref('int_stated_orders') }} as stated
    inner join {{ ref('int_order_totals') }} as totals
        on
            stated.source_system = totals.source_system
            and stated.source_order_id = totals.source_order_id
    group by stated.source_system

),

explained as (

    -- Refunds that lines tell once more.
    select
        source_system,
        sum(net_amount) as amount
    from {{ ref('int_explained_refunds') }}
    group by source_system

),

expected as (

    select
        stated_orders.source_system,
        stated_orders.amount
        + coalesce(order_lines.amount, 0)
        + coalesce(explained.amount, 0) as amount
    from stated_orders
    left join explained on stated_orders.source_system = explained.source_system
    left join order_lines on stated_orders.source_system = order_lines.source_system

),

customer_days as (

    select
        source_system,
        sum(net_amount) + sum(charges_amount) as amount
    from {{ ref('int_customer_days') }}
    group by source_system

)

select
    expected.source_system,
    expected.amount,
    customer_days.amount as customer_days_amount
from expected
left join customer_days on expected.source_system = customer_days.source_system
where expected.amount is distinct from customer_days.amount
