{{ config(materialized='view') }}

with

known_interactions as (

    select * from {{ ref('known_interactions') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where is_current

),

aged as (

    select
        known_interactions.shop,
        as_of_dates.as_of_date,
        known_interactions.customer_id,
        known_interactions.product_id,
        known_interactions.behaviour,
        as_of_dates.as_of_date
        - known_interactions.activity_date
        - known_interactions.part_of_day as age_days,
        known_interactions.weight
    from known_interactions
    inner join as_of_dates on known_interactions.shop = as_of_dates.shop

)

select * from aged
