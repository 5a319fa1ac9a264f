-- The lines of the web shop's orders; goods sent back have negative quantities.
select
    if(document = 1, return_id, order_id) as order_no,
    line as pos,
    format('SKU{:05d}', product_id) as sku,
    if(document = 1, -quantity, quantity) as qty,
    if(kind is not distinct from 'impossible_price', -price, price) as unit_price,
    if(document = 1, -discount, discount) as discount,
    case
        when document = 1 then -net_amount
        when kind is not distinct from 'impossible_price' then -quantity * price - discount
        else net_amount
    end as line_total
from (
    select
        person_id, n, 0 as document, order_id, null as return_id, line, product_id, quantity, price,
        discount, net_amount, kind, copy
    from delivered('web_all_lines', 'line_dirt')
    union all
    select
        person_id, n, 1, order_id, return_id, line, product_id, quantity, price, discount,
        net_amount, null, 0
    from return_lines
    where channel = 'web'
)
order by person_id, n, document, line, copy
