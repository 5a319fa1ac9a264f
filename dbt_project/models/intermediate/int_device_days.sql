-- Who signs in on a device says whose it is: a visitor who does not sign in may be the same.
with

events as (

    select * from {{ ref('int_events') }}
    where
        source_customer_id is not null and device_id is not null
        {{ and_touched('int_events') }}

),

device_days as (

    select
        source_system,
        device_id,
        event_date,
        source_customer_id,
        min(occurred_at) as signed_in_from,
        max(occurred_at) as signed_in_until
    from events
    group by source_system, device_id, event_date, source_customer_id

)

select * from device_days
