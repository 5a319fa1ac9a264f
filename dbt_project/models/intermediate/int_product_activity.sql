{{ config(materialized='view') }}

with

purchases as (

    select * from {{ ref('int_product_purchases') }}

),

event_days as (

    select * from {{ ref('int_product_event_days') }}

),

behaviour_weights as (

    select * from {{ ref('behaviour_weights') }}

),

happened as (

    select
        source_system,
        source_customer_id,
        source_product_id,
        'purchase' as behaviour,
        order_date as activity_date,
        -- The later of a day's orders is the younger, and none as young as the next day's.
        cast(orders_before / (orders_before + 1) as double) as part_of_day,
        1 as happening_count,
        given_back_date
    from purchases
    union all
    select
        source_system,
        source_customer_id,
        source_product_id,
        event_kind as behaviour,
        event_date as activity_date,
        part_of_day,
        event_count as happening_count,
        null as given_back_date
    from event_days

),

weighed as (

    select
        happened.{{ all_but(['happening_count']) }},
        behaviour_weights.weight * happened.happening_count as weight
    from happened
    inner join behaviour_weights on happened.behaviour = behaviour_weights.behaviour

)

select * from weighed
