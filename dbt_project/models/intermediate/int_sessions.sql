-- A session ends at a pause longer than the var session_gap_minutes, or where the source says so.
with

events as (

    select * from {{ ref('int_events') }}

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
        lag(occurred_at) over visits as previous_at,
        lag(session_id) over visits as previous_session_id
    from owned
    window
        visits as (partition by source_system, owner order by occurred_at, source_event_id)

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
            when session_id <> previous_session_id then 1
            else 0
        end as is_first
    from spaced

),

numbered as (

    select
        *,
        sum(is_first) over (
            partition by source_system, owner
            order by occurred_at, source_event_id
            rows between unbounded preceding and current row
        ) as session_number
    from opened

),

sessions as (

    select
        source_system,
        owner,
        session_number,
        min(source_customer_id) as source_customer_id,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at,
        min(event_date) as session_date,
        count(*) as event_count,
        count_if(event_kind = 'view') as view_count,
        count_if(event_kind = 'search') as search_count,
        count_if(event_kind = 'cart') as cart_count,
        count_if(event_kind = 'favourite') as favourite_count
    from numbered
    group by source_system, owner, session_number

)

select * from sessions
