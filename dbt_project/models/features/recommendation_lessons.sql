{{ config(materialized='view') }}

with

activity as (

    select * from {{ ref('int_product_activity') }}

),

identities as (

    select * from {{ ref('int_identities') }}

),

days as (

    select * from {{ ref('recommendation_days') }}
    where purpose = 'fitting'

),

known as (

    select
        days.shop,
        identities.customer_id,
        activity.source_system || ':' || activity.source_product_id as product_id,
        activity.source_system,
        activity.source_customer_id,
        activity.behaviour,
        activity.activity_date,
        activity.part_of_day,
        activity.weight,
        case
            when activity.given_back_date < days.as_of_date then activity.given_back_date
        end as given_back_date
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

)

select * from known
