-- Hits of the web shop, as a tag manager collects them: who is not signed in is a cookie only.
select
    event_number(person_id, visit_no, i) as hit_id,
    case when is_signed_in then customer_no end as customer_no,
    cookie(device_owner, device_no) as cookie,
    visit_number(person_id, visit_no) as visit_id,
    web_name as action,
    case when product_id is not null then format('SKU{:05d}', product_id) end as sku,
    words as search_term,
    floor(mean_seconds * -ln(draw('dwell', person_id, visit_no, i)))::integer as seconds,
    utc(occurred_at) as hit_at
from delivered('web_events', 'event_dirt') as hits
join accounts using (person_id)
join event_kinds using (stage)
left join searches
    on hits.stage = 'search'
    and hits.language = searches.language
    and searches.number = floor(draw('words', person_id, visit_no) * 6)
order by person_id, visit_no, i, copy
