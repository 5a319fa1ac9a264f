{{ config(materialized='view') }}

with

identities as (

    select * from {{ ref('int_identities') }}

),

days as (

    select * from {{ ref('recommendation_days') }}
    where purpose in ('test', 'tuning')

),

persons as (

    select
        days.shop,
        days.as_of_date,
        identities.source_system,
        identities.source_customer_id,
        identities.customer_id
    from identities
    inner join days
        on
            identities.shop = days.shop
            and {{ is_person_as_of('identities', 'days.as_of_date') }}

)

select * from persons
