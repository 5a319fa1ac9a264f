-- Sessions by pauses of more than half an hour.
with

spaced as (

    select
        *,
        lag(occurred_at) over (
            partition by source_system, source_customer_id, device_id order by occurred_at
        ) as previous_at
    from warehouse.intermediate.int_events

),

numbered as (

    select
        *,
        count_if(previous_at is null or occurred_at > previous_at + interval 30 minutes) over (
            partition by source_system, source_customer_id, device_id order by occurred_at
        ) as session_number
    from spaced

)

select
    source_system,
    source_customer_id,
    device_id,
    session_number,
    min(occurred_at) as started_at,
    max(occurred_at) as ended_at,
    count(*) as event_count,
    count_if(event_kind = 'view') as view_count,
    count_if(event_kind = 'search') as search_count,
    count_if(event_kind = 'cart') as cart_count,
    count_if(event_kind = 'favourite') as favourite_count
from numbered
group by all
