-- Orders that were placed in the app, and those sent back.
select
    order_id as purchase_id,
    user_id,
    if(document = 1, 'REFUND', 'PAID') as type,
    campaign_id as push_campaign,
    case when coupon_campaign is not null then format('C{:02d}-SAVE10', coupon_campaign) end
        as coupon,
    city as delivery_city,
    epoch_ms(utc(happened_at)) as paid_ms,
    epoch_ms(utc(
        exported(happened_at) + to_days(if(
            kind is not distinct from 'late_row',
            2 + floor(draw('late', person_id, n) * 20)::integer,
            0
        ))
    )) as exported_ms
from (
    select
        person_id, n, 0 as document, order_id, coupon_campaign, campaign_id,
        ordered_at as happened_at, kind, copy
    from delivered('app_orders', 'order_dirt')
    union all
    select distinct person_id, n, 1, return_id, null, null, returned_at, null, 0
    from return_lines
    where channel = 'app'
)
join accounts using (person_id)
join people using (person_id)
order by person_id, n, document, copy
