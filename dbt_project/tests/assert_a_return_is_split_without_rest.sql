-- A failing row is a return line whose matched parts do not add up to its own units and money.
with

returns as (

    select
        source_system,
        source_order_id,
        line_number,
        -quantity as quantity,
        net_amount
    from {{ ref('int_order_lines') }}
    where line_kind = 'product' and quantity < 0

),

matches as (

    select
        source_system,
        return_order_id,
        return_line_number,
        sum(matched_quantity) as quantity,
        sum(matched_amount) as net_amount
    from {{ ref('int_return_matches') }}
    group by source_system, return_order_id, return_line_number

)

select
    returns.source_system,
    returns.source_order_id,
    returns.line_number,
    returns.quantity,
    matches.quantity as matched_quantity,
    returns.net_amount,
    matches.net_amount as matched_amount
from returns
left join matches
    on
        returns.source_system = matches.source_system
        and returns.source_order_id = matches.return_order_id
        and returns.line_number = matches.return_line_number
inner join {{ ref('int_orders') }} as orders
    on
        returns.source_system = orders.source_system
        and returns.source_order_id = orders.source_order_id
where
    orders.status is distinct from 'cancelled'
    and (
        returns.quantity is distinct from matches.quantity
        or returns.net_amount is distinct from matches.net_amount
    )
