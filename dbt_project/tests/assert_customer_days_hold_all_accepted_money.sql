-- A failing row is a source system whose customer days add up to other money than its accepted
-- order lines, less what was taken off orders as a whole: netting and reversals move money between
-- days, they never make or lose any.
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

order_discounts as (

    select
        source_system,
        sum(discount_amount) as amount
    from {{ ref('int_orders') }}
    where status is distinct from 'cancelled'
    group by source_system

),

expected as (

    select
        order_lines.source_system,
        order_lines.amount - coalesce(order_discounts.amount, 0) as amount
    from order_lines
    left join order_discounts on order_lines.source_system = order_discounts.source_system

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
