-- One row an order: a purchase of the process, or one more that a campaign brought (n from 8000
-- on). The operational clock says the day, the persona's hours the time. People buy mostly in the
-- channel they prefer among those they have an account for.
create or replace temp table orders as
with moments as (
    select person_id, n, ends_at as moment, null::integer as campaign_id
    from purchase_gaps
    where is_purchase
    union all
    select
        person_id,
        8000 + campaign_id,
        starts_at
        + floor(draw('extra order', person_id, campaign_id) * (ends_at - starts_at))::bigint,
        campaign_id
    from campaign_members
    where has_extra_order
), dated as (
    select moments.*, calendar.date, calendar.promotion, calendar.discount_rate
    from moments
    asof join calendar on moments.moment >= calendar.starts_at
), timed as materialized (
    select
        dated.*,
        people.persona_id,
        people.favourite_category,
        people.favourite_share,
        people.brand_loyalty,
        people.return_rate,
        people.language,
        greatest(
            cast(dated.date as timestamp) + to_seconds(
                slots.value::integer * 3600 + floor(draw('minute', dated.person_id, n) * 3600)
            ),
            -- A newcomer's first hours are short.
            date_trunc('second', people.registered_at) + to_seconds(300 + n)
        ) as ordered_at,
        accounts.channels[
            1 + floor(
                len(channels) * if(
                    draw('away', dated.person_id, n) < getvariable('preferred_channel_share'),
                    draw('preferred channel', dated.person_id),
                    draw('channel', dated.person_id, n)
                )
            )::integer
        ] as channel,
        1 + least(geometric('lines', lines_per_order - 1, dated.person_id, n), 14) as line_count,
        least(0.5, dated.discount_rate * promotion_pull) as promotion_discount
    from dated
    join people on dated.person_id = people.person_id
    join accounts on dated.person_id = accounts.person_id
    join slots
        on slots.list = 'hour'
        and slots.part = people.hour_profile
        and slots.slot = slot(draw('hour', dated.person_id, n))
), coupon_uses as (
    -- Within a coupon campaign the extra order uses the coupon, and now and then another does.
    select timed.person_id, n, min(campaign_members.campaign_id) as coupon_campaign
    from timed
    join campaign_members
        on timed.person_id = campaign_members.person_id
        and campaign_members.gives_coupon
        and campaign_members.test_group = 'treated'
        and (
            timed.campaign_id = campaign_members.campaign_id
            or (
                timed.campaign_id is null
                and timed.date between campaign_members.start_date and campaign_members.end_date
                and draw('coupon use', timed.person_id, timed.n)
                < getvariable('campaign_coupon_use')
            )
        )
    group by all
), couponed as (
    select timed.*, coupon_uses.coupon_campaign
    from timed
    left join coupon_uses using (person_id, n)
), stored as (
    select couponed.*, if(channel = 'store', slots.value, null) as store
    from couponed
    join slots
        on slots.list = 'store' and slots.slot = slot(draw('store', person_id, if(
            draw('other store', person_id, n) < 0.85, 0, n
        )))
)
select
    *,
    person_id as a,
    n as b,
    0 as c,
    case channel
        when 'web' then format('W{:d}-{:04d}', web_number(person_id), n)
        when 'app' then app_order_number(person_id, n)
        else format(
            '{}-{}-{:d}{:04d}',
            store[1:3], strftime(date, '%y%m%d'), card_number(person_id), n
        )
    end as order_id
from stored
order by person_id, n;
