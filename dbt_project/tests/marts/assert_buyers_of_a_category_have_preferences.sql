-- A failing row is a customer who bought products of a category, gave none of them back, and is
-- nobody in customer_preferences. Only these are looked at: who gave something back may rightly be
-- nobody, as may who bought so long ago that the decayed spend is 0.
with

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where is_current

),

spend as (

    select
        identities.customer_id,
        min(days.net_amount) as least_amount,
        max({{ decayed('days.net_amount', 'as_of_dates.as_of_date - days.activity_date') }})
            as greatest_decayed_amount
    from {{ ref('int_customer_day_affinities') }} as days
    inner join {{ ref('int_identities') }} as identities
        on
            days.source_system = identities.source_system
            and days.source_customer_id = identities.source_customer_id
    inner join as_of_dates
        on identities.shop = as_of_dates.shop and days.known_date < as_of_dates.as_of_date
    where days.dimension = 'category'
    group by identities.customer_id

),

buyers as (

    select customer_id
    from spend
    where least_amount >= 0 and greatest_decayed_amount > 0

),

preferences as (

    select customer_id
    from {{ ref('customer_preferences') }}
    where dimension = 'category'

),

without_preferences as (

    select buyers.customer_id
    from buyers
    left join preferences on buyers.customer_id = preferences.customer_id
    where preferences.customer_id is null

)

select * from without_preferences
