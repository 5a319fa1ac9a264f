-- Whoever alone has signed in on a device was there when nobody was signed in: before the first
-- time, which is known from that day on, and after it, until somebody else signs in. What was
-- theirs stays theirs then, so nothing of a past day changes; what comes later is nobody's.
{%- set pause = "interval '" ~ var('session_gap_minutes') ~ " minutes'" %}

with

device_days as (

    select * from {{ ref('int_device_days') }}
    {{ where_touched('int_device_days') }}

),

sessions as (

    select
        source_system,
        substr(owner, length('device:') + 1) as device_id,
        session_date,
        started_at,
        ended_at,
        view_count,
        cart_count
    from {{ ref('int_sessions') }}
    where
        source_customer_id is null
        {{ and_touched('int_sessions', {
            'device_id': "substr(int_sessions.owner, length('device:') + 1)",
        }) }}

),

identifier_kinds as (

    select * from {{ ref('identifier_kinds') }}
    where kind = 'device_id'

),

users as (

    select
        source_system,
        device_id,
        source_customer_id,
        min(event_date) as first_signed_in_date
    from device_days
    group by source_system, device_id, source_customer_id

),

followed as (

    select
        *,
        lead(first_signed_in_date) over users_of_device as next_signed_in_date,
        row_number() over users_of_device as user_number
    from users
    window users_of_device as (
        partition by source_system, device_id
        order by first_signed_in_date, source_customer_id
    )

),

claimed as (

    select
        sessions.*,
        followed.source_customer_id,
        greatest(sessions.session_date, followed.first_signed_in_date) as known_date
    from sessions
    inner join followed
        on
            sessions.source_system = followed.source_system
            and sessions.device_id = followed.device_id
            and followed.user_number = 1
            and (
                followed.next_signed_in_date is null
                or followed.next_signed_in_date
                > greatest(sessions.session_date, followed.first_signed_in_date)
            )
    cross join identifier_kinds
    where
        identifier_kinds.held_days is null
        or followed.first_signed_in_date - sessions.session_date <= identifier_kinds.held_days

),

recognised as (

    -- Who signs in, or out, in the middle of a visit makes no second one.
    select
        claimed.source_system,
        claimed.device_id,
        claimed.session_date,
        claimed.source_customer_id,
        claimed.known_date,
        cast(count_if(
            not coalesce(
                claimed.ended_at between device_days.signed_in_from - {{ pause }}
                and device_days.signed_in_from
                or claimed.started_at between device_days.signed_in_until
                and device_days.signed_in_until + {{ pause }},
                false
            )
        ) as bigint) as session_count,
        cast(sum(claimed.view_count) as bigint) as view_count,
        cast(sum(claimed.cart_count) as bigint) as cart_count
    from claimed
    left join device_days
        on
            claimed.source_system = device_days.source_system
            and claimed.device_id = device_days.device_id
            and claimed.session_date = device_days.event_date
            and claimed.source_customer_id = device_days.source_customer_id
    group by
        claimed.source_system, claimed.device_id, claimed.session_date,
        claimed.source_customer_id, claimed.known_date

)

select * from recognised
