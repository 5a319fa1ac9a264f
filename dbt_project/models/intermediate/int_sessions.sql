-- A session ends at a pause longer than the var session_gap_minutes, and at midnight of the shop's
-- calendar, so that each belongs to one day. Where the source knows sessions, two may be going on
-- at once, in two windows or on two devices: each is taken by itself.
--
-- Whoever was there for no longer than a pause may last made none: only other events are sorted.
{%- set visit = ['source_system', 'owner', 'session_date', 'session_id'] %}
{%- set pause = "interval '" ~ var('session_gap_minutes') ~ " minutes'" %}
{%- set measures -%}
        min(source_customer_id) as source_customer_id,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at,
        count(*) as event_count,
        count_if(event_kind = 'view') as view_count,
        count_if(event_kind = 'search') as search_count,
        count_if(event_kind = 'cart') as cart_count,
        count_if(event_kind = 'favourite') as favourite_count
{%- endset %}

with

events as (

    select * from {{ ref('int_events') }}
    {{ where_touched('int_events', {
        'owner': "coalesce(int_events.source_customer_id, 'device:' || int_events.device_id)",
        'session_date': 'int_events.event_date',
    }) }}

),

owned as {{ not_held() }} (

    select
        *,
        coalesce(source_customer_id, 'device:' || device_id) as owner,
        event_date as session_date
    from events

),

visits as (

    select
        {{ visit | join(', ') }},
        {{ hash_of(visit) }} as visit_hash,
        count(occurred_at) as timed_event_count,
        {{ measures }}
    from owned
    group by {{ visit | join(', ') }}

),

long_visits as (

    -- Where the time of some event is not known, neither is how long the visit was.
    select visit_hash
    from visits
    where ended_at - started_at > {{ pause }} or timed_event_count < event_count

),

spaced as (

    select
        *,
        lag(occurred_at) over (
            partition by {{ visit | join(', ') }}
            order by occurred_at
        ) as previous_at
    from owned
    where {{ hash_of(visit) }} in (select long_visits.visit_hash from long_visits)

),

opened as (

    select
        *,
        case
            when previous_at is null then 1
            when occurred_at > previous_at + {{ pause }} then 1
            else 0
        end as is_first
    from spaced

),

split as (

    select
        *,
        -- Rows of one moment are summed together: they are in one part, whatever their order.
        sum(is_first) over (
            partition by {{ visit | join(', ') }}
            order by occurred_at
        ) as part_number
    from opened

),

parts as (

    select
        {{ visit | join(', ') }},
        part_number,
        {{ measures }}
    from split
    group by {{ visit | join(', ') }}, part_number

),

unioned as (

    select
        {{ all_but(['visit_hash', 'timed_event_count']) }},
        1 as part_number
    from visits
    where visit_hash not in (select long_visits.visit_hash from long_visits)
    {{ union_all_by_name() }}
    select * from parts

),

numbered as (

    select
        {{ all_but(['session_id', 'part_number']) }},
        row_number() over (
            partition by source_system, owner, session_date
            order by started_at, session_id, part_number
        ) as session_number
    from unioned

)

select * from numbered
