-- Events of the app; what happened offline is received days later.
select
    event_number(person_id, visit_no, i) as event_id,
    user_id,
    device(device_owner, device_no) as device,
    visit_number(person_id, visit_no) as session,
    app_name as name,
    case when product_id is not null then format('SKU{:05d}', product_id) end as item_sku,
    words as keyword,
    floor(1000 * mean_seconds * -ln(draw('dwell', person_id, visit_no, i + 1000 * (
        copy = 1 and kind = 'conflicting_duplicate'
    )::integer)))::integer as duration_ms,
    epoch_ms(utc(occurred_at)) as client_ms,
    epoch_ms(utc(occurred_at)) + if(
        kind is not distinct from 'late_row',
        86400000 * (2 + floor(draw('late', person_id, visit_no, i) * 20)::bigint),
        900
    ) as received_ms
from delivered('app_events', 'event_dirt') as touches
join accounts using (person_id)
join event_kinds using (stage)
left join searches
    on touches.stage = 'search'
    and touches.language = searches.language
    and searches.number = floor(draw('words', person_id, visit_no) * 6)
order by person_id, visit_no, i, copy
