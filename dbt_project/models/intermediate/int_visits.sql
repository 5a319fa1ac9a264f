-- Who signs in was there; who does not is known by the device, from the day on which that is known.
{{ config(materialized='view') }}

with

sessions as (

    select * from {{ ref('int_sessions') }}
    where source_customer_id is not null

),

recognised_visits as (

    select * from {{ ref('int_recognised_visits') }}

),

signed_in as (

    select
        source_system,
        owner,
        session_date as activity_date,
        session_number,
        session_date as known_date,
        source_customer_id,
        1 as session_count,
        view_count,
        cart_count
    from sessions

),

recognised as (

    select
        source_system,
        'device:' || device_id as owner,
        session_date as activity_date,
        0 as session_number,
        known_date,
        source_customer_id,
        session_count,
        view_count,
        cart_count
    from recognised_visits

),

unioned as (

    select * from signed_in
    union all
    select * from recognised

)

select * from unioned
