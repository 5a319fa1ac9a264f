-- Receipts of the tills, on the shop's own clock; without a card nobody is named.
select
    order_id as receipt_no,
    if(kind is not distinct from 'missing_customer', null, card_no) as card_no,
    store,
    if(document = 1, 'RETURN', 'SALE') as type,
    case when coupon_campaign is not null then format('C{:02d}-SAVE10', coupon_campaign) end
        as coupon,
    if(
        kind is not distinct from 'unparseable_date',
        '31/02/' || strftime(happened_at, '%Y %H:%M'),
        till_text(happened_at)
    ) as printed_at,
    till_text(
        exported(happened_at) + to_days(if(
            kind is not distinct from 'late_row',
            2 + floor(draw('late', person_id, n) * 20)::integer,
            0
        ))
    ) as exported_at
from (
    select
        person_id, n, 0 as document, order_id, coupon_campaign, store, ordered_at as happened_at,
        kind, copy
    from delivered('till_orders', 'order_dirt')
    union all
    select distinct person_id, n, 1, return_id, null, store, returned_at, null, 0
    from return_lines
    where channel = 'store'
)
join accounts using (person_id)
order by person_id, n, document, copy
