-- Who gave back all they ever had of a product has said what they think of it.
{{ config(materialized='view') }}

with

purchases as (

    select * from {{ ref('int_product_purchases') }}

),

identities as (

    select * from {{ ref('int_identities') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where is_current

),

rules as (

    select * from {{ ref('recommendation_rules') }}
    where rule = 'returned_by_customer'

),

given_back as (

    select
        identities.shop,
        identities.customer_id,
        purchases.source_system || ':' || purchases.source_product_id as product_id
    from purchases
    inner join identities
        on
            purchases.source_system = identities.source_system
            and purchases.source_customer_id = identities.source_customer_id
    inner join as_of_dates
        on
            identities.shop = as_of_dates.shop
            and {{ is_person_as_of('identities', 'as_of_dates.as_of_date') }}
            and purchases.order_date < as_of_dates.as_of_date
    group by all
    having bool_and(coalesce(purchases.given_back_date < as_of_dates.as_of_date, false))

),

told as (

    select
        given_back.shop,
        given_back.customer_id,
        given_back.product_id,
        bool_or(rules.slot in ('any', 'buy_again')) as is_refused_to_buy_again,
        bool_or(rules.slot in ('any', 'discover')) as is_refused_to_discover
    from given_back
    cross join rules
    group by all

)

select * from told
