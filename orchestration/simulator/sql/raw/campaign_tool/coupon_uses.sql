-- Coupons that were used, by the number of the order they were used in.
select
    format('C{:02d}-SAVE10', coupon_campaign) as coupon,
    coupon_campaign as campaign_id,
    main_system as list,
    main_number as list_number,
    order_id as order_ref,
    utc(ordered_at) as used_at
from orders
join accounts using (person_id)
where coupon_campaign is not null
order by person_id, n
