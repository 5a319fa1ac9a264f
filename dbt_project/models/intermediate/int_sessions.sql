-- A session ends at a pause longer than the var session_gap_minutes, and at midnight of the shop's
-- calendar, so that each belongs to one day. Where the source knows sessions, two may be going on
-- at once, in two windows or on two devices: each is taken by itself.
with

events as (

    select * from {{ ref('int_events') }}
    {{ where_touched('int_events', {
        'owner': "coalesce(int_events.source_customer_id, 'device:' || int_events.device_id)",
        'session_date': 'int_events.event_date',
    }) }}

),

owned as (

    select
        *,
        coalesce(source_customer_id, 'device:' || device_id) as owner
    from events

),

spaced as (

    select
        *,
        lag(occurred_at) over (
            partition by source_system, owner, event_date, session_id
            order by occurred_at
        ) as previous_at
    from owned

),

opened as (

    select
        *,
        case
            when previous_at is null then 1
            when
                occurred_at
                > previous_at + interval '{{ var("session_gap_minutes") }} minutes'
                then 1
            else 0
        end as is_first
    from spaced

),

split as (

    select
        *,
        -- Rows of one moment are summed together: they are in one part, whatever their order.
        sum(is_first) over (
            partition by source_system, owner, event_date, session_id
            order by occurred_at
        ) as part_number
    from opened

),

added_up as (

    select
        source_system,
        owner,
        event_date as session_date,
        session_id,
        part_number,
        min(source_customer_id) as source_customer_id,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at,
        count(*) as event_count,
        count_if(event_kind = 'view') as view_count,
        count_if(event_kind = 'search') as search_count,
        count_if(event_kind = 'cart') as cart_count,
        count_if(event_kind = 'favourite') as favourite_count
    from split
    group by source_system, owner, event_date, session_id, part_number

),

numbered as (

    select
        {{ all_but(['session_id', 'part_number']) }},
        row_number() over (
            partition by source_system, owner, session_date
            order by started_at, session_id, part_number
        ) as session_number
    from added_up

)

select * from numbered
