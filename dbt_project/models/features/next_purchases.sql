{{ config(materialized='view') }}

with

purchases as (

    select * from {{ ref('int_product_purchases') }}

),

identities as (

    select * from {{ ref('int_identities') }}

),

days as (

    select
        shop,
        as_of_date,
        as_of_date + {{ var('recommendation_test_days') }} as ends_on
    from {{ ref('recommendation_days') }}
    where purpose in ('test', 'tuning')

),

told as (

    select distinct
        days.shop,
        days.as_of_date,
        identities.customer_id,
        identities.source_system || ':' || purchases.source_product_id as product_id
    from purchases
    inner join identities
        on
            purchases.source_system = identities.source_system
            and purchases.source_customer_id = identities.source_customer_id
    inner join days
        on
            identities.shop = days.shop
            and {{ is_person_as_of('identities', 'days.as_of_date') }}
            and purchases.order_date >= days.as_of_date
            and purchases.order_date < days.ends_on
            and (purchases.given_back_date is null or purchases.given_back_date >= days.ends_on)

)

select * from told
