-- A view: nothing is computed but of the days that somebody asks for.
{{ config(materialized='view') }}

with

purchases as (

    select * from {{ ref('int_product_purchases') }}

),

events as (

    select * from {{ ref('int_events') }}
    where source_customer_id is not null and source_product_id is not null

),

behaviour_weights as (

    select * from {{ ref('behaviour_weights') }}

),

identities as (

    select * from {{ ref('int_identities') }}

),

days as (

    select distinct
        shop,
        as_of_date
    from {{ ref('recommendation_days') }}

),

looked_at as (

    select
        source_system,
        source_customer_id,
        source_product_id,
        event_kind,
        event_date,
        min(occurred_at) as first_occurred_at,
        max(occurred_at) as last_occurred_at,
        count(*) as happening_count
    from events
    group by all

),

looked_at_in_turn as (

    select
        *,
        min(first_occurred_at) over day_of_customer as day_began_at
    from looked_at
    window day_of_customer as (partition by source_system, source_customer_id, event_date)

),

happened as (

    select
        source_system,
        source_customer_id,
        source_product_id,
        'purchase' as behaviour,
        order_date as activity_date,
        given_back_date,
        -- The later of a day's orders is the younger, and none as young as the next day's.
        cast(orders_before / (orders_before + 1) as double) as later,
        1 as happening_count
    from purchases
    union all
    select
        source_system,
        source_customer_id,
        source_product_id,
        event_kind as behaviour,
        event_date as activity_date,
        null as given_back_date,
        -- Of a day's length; one of 25 hours ends before the next begins, too.
        least(
            coalesce({{ seconds_between('day_began_at', 'last_occurred_at') }} / 86400.0, 0), 0.9999
        ) as later,
        happening_count
    from looked_at_in_turn

),

told as (

    select
        days.shop,
        days.as_of_date,
        identities.customer_id,
        identities.source_system || ':' || happened.source_product_id as product_id,
        happened.behaviour,
        days.as_of_date - happened.activity_date - happened.later as age_days,
        cast(sum(behaviour_weights.weight * happened.happening_count) as double) as weight
    from happened
    inner join behaviour_weights on happened.behaviour = behaviour_weights.behaviour
    inner join identities
        on
            happened.source_system = identities.source_system
            and happened.source_customer_id = identities.source_customer_id
    inner join days
        on
            identities.shop = days.shop
            and {{ is_person_as_of('identities', 'days.as_of_date') }}
            and happened.activity_date < days.as_of_date
            and (
                happened.given_back_date is null or happened.given_back_date >= days.as_of_date
            )
    group by
        days.shop, days.as_of_date, identities.customer_id, product_id, happened.behaviour, age_days

)

select * from told
