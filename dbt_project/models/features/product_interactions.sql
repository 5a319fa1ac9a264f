-- A view: nothing is computed but of the days that somebody asks for.
{{ config(materialized='view') }}

with

activity as (

    select * from {{ ref('int_product_activity') }}

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

told as (

    select
        days.shop,
        days.as_of_date,
        identities.customer_id,
        identities.source_system || ':' || activity.source_product_id as product_id,
        activity.behaviour,
        days.as_of_date - activity.activity_date - activity.part_of_day as age_days,
        cast(sum(activity.weight) as double) as weight
    from activity
    inner join identities
        on
            activity.source_system = identities.source_system
            and activity.source_customer_id = identities.source_customer_id
    inner join days
        on
            identities.shop = days.shop
            and {{ is_person_as_of('identities', 'days.as_of_date') }}
            and activity.activity_date < days.as_of_date
            and (
                activity.given_back_date is null or activity.given_back_date >= days.as_of_date
            )
    group by
        days.shop, days.as_of_date, identities.customer_id, product_id, activity.behaviour, age_days

)

select * from told
