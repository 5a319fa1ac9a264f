-- A verdict holds for one day: what a device does tomorrow says nothing about the events of today.
with

events as (

    select
        source_system,
        source_event_id,
        source_customer_id,
        device_id,
        event_date,
        occurred_at
    from {{ ref('input_events') }}
    {{ where_near_touched('input_events') }}

),

thresholds as (

    select
        max(maximum_events) filter (where period = 'day') as maximum_per_day,
        max(maximum_events) filter (where period = 'minute') as maximum_per_minute
    from {{ ref('bot_thresholds') }}

),

{% for owner in ['source_customer_id', 'device_id'] %}
busy_{{ owner }} as (

    -- Few have as many events on a day as a bot has in a minute: only these are looked at closely.
    select
        events.source_system,
        events.{{ owner }},
        events.event_date
    from events
    cross join thresholds
    where
        events.{{ owner }} is not null and events.event_date is not null
        {{ and_touched('events', {
            'owner_kind': "'" ~ owner ~ "'", 'owner_id': 'events.' ~ owner,
        }) }}
    group by events.source_system, events.{{ owner }}, events.event_date
    having
        count(*) > least(max(thresholds.maximum_per_minute), max(thresholds.maximum_per_day))

),

minutes_{{ owner }} as (

    -- Events delivered twice count once.
    select
        events.source_system,
        events.{{ owner }} as owner_id,
        events.event_date,
        date_trunc('minute', events.occurred_at) as minute,
        count(distinct events.source_event_id) as event_count
    from events
    inner join busy_{{ owner }}
        on
            events.source_system = busy_{{ owner }}.source_system
            and events.{{ owner }} = busy_{{ owner }}.{{ owner }}
            and events.event_date = busy_{{ owner }}.event_date
    group by
        events.source_system, events.{{ owner }}, events.event_date,
        date_trunc('minute', events.occurred_at)

),
{% endfor %}

minutes as (

    select
        'source_customer_id' as owner_kind,
        *
    from minutes_source_customer_id
    union all
    select
        'device_id' as owner_kind,
        *
    from minutes_device_id

),

days as (

    select
        source_system,
        owner_kind,
        owner_id,
        event_date,
        sum(event_count) as event_count,
        -- Events without time of day tell nothing about a minute.
        coalesce(max(event_count) filter (where minute is not null), 0) as busiest_minute_count
    from minutes
    group by source_system, owner_kind, owner_id, event_date

),

bots as (

    select days.*
    from days
    cross join thresholds
    where
        days.event_count > thresholds.maximum_per_day
        or days.busiest_minute_count > thresholds.maximum_per_minute

)

select * from bots
