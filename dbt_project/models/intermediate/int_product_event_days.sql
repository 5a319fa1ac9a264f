with

events as (

    select * from {{ ref('int_events') }}
    where
        source_customer_id is not null
        and source_product_id is not null
        {{ and_touched('int_events') }}

),

happened as (

    select
        source_system,
        source_customer_id,
        source_product_id,
        event_kind,
        event_date,
        min(occurred_at) as first_occurred_at,
        max(occurred_at) as last_occurred_at,
        count(*) as event_count
    from events
    group by all

),

in_turn as (

    select
        *,
        min(first_occurred_at) over day_of_customer as first_of_day
    from happened
    window day_of_customer as (partition by source_system, source_customer_id, event_date)

),

timed as (

    select
        source_system,
        source_customer_id,
        source_product_id,
        event_kind,
        event_date,
        event_count,
        -- Of a day's length; one of 25 hours ends before the next begins, too.
        least(
            coalesce({{ seconds_between('first_of_day', 'last_occurred_at') }} / 86400.0, 0), 0.9999
        ) as part_of_day
    from in_turn

)

select * from timed
