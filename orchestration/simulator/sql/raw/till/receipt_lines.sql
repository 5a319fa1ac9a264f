-- The lines of the receipts.
select
    if(document = 1, return_id, order_id) as receipt_no,
    line as line_no,
    format('SKU{:05d}', product_id) as article,
    if(document = 1, -quantity, quantity) as pieces,
    if(kind is not distinct from 'impossible_price', -price, price) as shelf_price,
    if(document = 1, -discount, discount) as reduction,
    case
        when document = 1 then -net_amount
        when kind is not distinct from 'impossible_price' then -quantity * price - discount
        else net_amount
    end as amount
from (
    select
        person_id, n, 0 as document, order_id, null as return_id, line, product_id, quantity, price,
        discount, net_amount, kind, copy
    from delivered('till_all_lines', 'line_dirt')
    union all
    select
        person_id, n, 1, order_id, return_id, line, product_id, quantity, price, discount,
        net_amount, null, 0
    from return_lines
    where channel = 'store'
)
order by person_id, n, document, line, copy
