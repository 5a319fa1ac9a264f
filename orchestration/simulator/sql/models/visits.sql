-- One row a visit of the web shop or the app. Each order there is the end of a visit: search, views
-- of what is bought and of more, cart, purchase. While waiting for the next purchase a person also
-- comes to look only, a geometric number of times at uniform moments; some leave a cart behind.
create or replace temp table visits as
with buying as (
    select
        person_id, n as visit_no, channel, persona_id, favourite_category, favourite_share,
        brand_loyalty, language, line_count as views, line_count as carts, 1 as buys,
        ordered_at as moment, n as product_key
    from orders
    where channel in ('web', 'app')
), looking as (
    select
        *,
        unnest(range(least(geometric('visits', browse_visits, person_id, n), 30))) as visit
    from purchase_gaps
    join people using (person_id)
), dated as (
    select
        looking.*,
        100000 + n * 32 + visit as visit_no,
        looking.starts_at
        + floor(draw('visit', looking.person_id, n, visit) * (ends_at - looking.starts_at))::bigint
            as tau
    from looking
), browsing as (
    select
        dated.person_id,
        visit_no,
        list_filter(accounts.channels, lambda channel: channel <> 'store') as online,
        online[1 + floor(len(online) * draw('visit channel', dated.person_id, visit_no))::integer]
            as channel,
        persona_id, favourite_category, favourite_share, brand_loyalty, language,
        1 as views,
        (draw('abandon', dated.person_id, visit_no) < getvariable('cart_abandon_share'))::integer
            as carts,
        0 as buys,
        greatest(
            cast(calendar.date as timestamp) + to_seconds(
                slots.value::integer * 3600
                + floor(draw('visit minute', dated.person_id, visit_no) * 3600)
            ),
            date_trunc('second', dated.registered_at)
        ) as moment,
        visit_no as product_key
    from dated
    join accounts on dated.person_id = accounts.person_id
    asof join calendar on dated.tau >= calendar.starts_at
    join slots
        on slots.list = 'hour'
        and slots.part = dated.hour_profile
        and slots.slot = slot(draw('visit hour', dated.person_id, visit_no))
    where len(online) > 0
), counted as (
    select
        * exclude (views),
        (draw('searches', person_id, visit_no) < getvariable('search_share'))::integer as searches,
        views + least(geometric('views', getvariable('extra_views'), person_id, visit_no), 20)
            as views,
        (draw('favourites', person_id, visit_no) < getvariable('favourite_event_share'))::integer
            as favourites
    from (select * from buying union all by name select * exclude (online) from browsing)
)
select
    counted.*,
    searches + views + favourites + carts + buys as event_count,
    if(buys = 1, moment - to_seconds(40 * (event_count - 1)), moment) as started_at,
    counted.channel = 'app' or buys = 1
    or draw('signed in', counted.person_id, visit_no) < getvariable('signed_in_share')
        as is_signed_in,
    owner_of_device(counted.person_id, account_dirt.kind) as device_owner,
    (draw('device', counted.person_id, visit_no) < 0.25)::integer as device_no
from counted
left join account_dirt
    on counted.person_id = account_dirt.a
    and account_dirt.b = if(counted.channel = 'web', 1, 2)
    and account_dirt.kind = 'shared_device'
order by person_id, visit_no;
