-- A row is an order whose lines come to other goods, returns or lines than it says. What an order
-- that lists no goods comes to, and what was refunded of it without a line, only the order knows.
with

lines as (

    select
        order_id,
        count(*) filter (where line_kind = 'product' and quantity > 0) as line_count,
        coalesce(sum(net_amount) filter (where line_kind = 'product' and quantity > 0), 0)
        + coalesce(sum(discount_amount) filter (where line_kind = 'product'), 0) as gross_amount,
        sum(returned_amount) as returned_amount
    from {{ ref('order_lines') }}
    group by order_id

),

orders as (

    select * from {{ ref('orders') }}

),

compared as (

    select coalesce(orders.order_id, lines.order_id) as order_id
    from orders
    full outer join lines on orders.order_id = lines.order_id
    where
        orders.line_count is distinct from coalesce(lines.line_count, 0)
        or orders.returned_amount - orders.refunded_amount
        is distinct from coalesce(lines.returned_amount, 0)
        or (
            lines.gross_amount is distinct from orders.gross_amount
            and lines.line_count > 0
        )

)

select * from compared
