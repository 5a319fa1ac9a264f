-- The lines of the app's orders, money in cents.
select
    if(document = 1, return_id, order_id) as purchase_id,
    line as item_no,
    format('SKU{:05d}', product_id) as sku,
    if(document = 1, -quantity, quantity) as units,
    (price * 100)::bigint as price_cents,
    (if(document = 1, -discount, discount) * 100)::bigint as discount_cents,
    (if(document = 1, -net_amount, net_amount) * 100)::bigint as paid_cents
from (
    select
        person_id, n, 0 as document, order_id, null as return_id, line, product_id, quantity, price,
        discount, net_amount, kind, copy
    from delivered('app_all_lines', 'line_dirt')
    union all
    select
        person_id, n, 1, order_id, return_id, line, product_id, quantity, price, discount,
        net_amount, null, 0
    from return_lines
    where channel = 'app'
)
order by person_id, n, document, line, copy
