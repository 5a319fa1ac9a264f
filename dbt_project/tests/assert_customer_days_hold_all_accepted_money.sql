-- A failing row is a source system whose customer days add up to other money than its accepted
-- order lines: netting and reversals move money between days, they never make or lose any.
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

customer_days as (

    select
        source_system,
        sum(net_amount) + sum(charges_amount) as amount
    from {{ ref('int_customer_days') }}
    group by source_system

)

select
    order_lines.source_system,
    order_lines.amount,
    customer_days.amount as customer_days_amount
from order_lines
left join customer_days on order_lines.source_system = customer_days.source_system
where order_lines.amount is distinct from customer_days.amount
