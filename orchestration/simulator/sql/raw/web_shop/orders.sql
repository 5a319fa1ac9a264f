-- The orders of the web shop and the documents of goods sent back.
select
    order_id as order_no,
    if(kind is not distinct from 'missing_customer', null, customer_no) as customer_no,
    if(document = 1, 'refunded', 'complete') as state,
    case when coupon_campaign is not null then format('C{:02d}-SAVE10', coupon_campaign) end
        as voucher_code,
    campaign_id as utm_campaign,
    'CNY' as currency,
    country as ship_country,
    region as ship_province,
    if(copy = 1 and kind = 'conflicting_duplicate', '(moved)', city) as ship_city,
    if(
        kind is not distinct from 'unparseable_date',
        strftime(happened_at, '%Y') || '-13-45T25:61:00Z',
        iso_text(happened_at)
    ) as placed_at,
    iso_text(
        exported(happened_at) + to_days(if(
            kind is not distinct from 'late_row',
            2 + floor(draw('late', person_id, n) * 20)::integer,
            0
        ))
    ) as exported_at
from (
    select
        person_id, n, 0 as document, order_id, coupon_campaign, campaign_id,
        ordered_at as happened_at, kind, copy
    from delivered('web_orders', 'order_dirt')
    union all
    select distinct person_id, n, 1, return_id, null, null, returned_at, null, 0
    from return_lines
    where channel = 'web'
)
join accounts using (person_id)
join people using (person_id)
order by person_id, n, document, copy
