-- A rate holds from its day until the next one of the same two currencies. What one is worth in the
-- other is told in either direction; a rate that is given goes before the inverse of another.
{{ config(materialized='view') }}

with

given as (

    select * from {{ ref('exchange_rates') }}

),

both_ways as (

    select
        from_currency,
        to_currency,
        rate_date,
        rate,
        1 as precedence
    from given
    union all
    select
        to_currency as from_currency,
        from_currency as to_currency,
        rate_date,
        1 / rate as rate,
        2 as precedence
    from given

),

chosen as (

    select
        from_currency,
        to_currency,
        rate_date,
        {{ first_by('rate', 'precedence') }} as rate
    from both_ways
    group by from_currency, to_currency, rate_date

),

lasting as (

    select
        from_currency,
        to_currency,
        rate,
        rate_date as valid_from,
        lead(rate_date) over (
            partition by from_currency, to_currency order by rate_date
        ) as valid_to
    from chosen

)

select * from lasting
