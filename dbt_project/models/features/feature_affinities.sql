-- How much a customer leans to a value of a dimension: what they spent on it, each day's spend
-- halved every affinity_half_life_days, as a share of all they spent (term frequency), times how
-- rare it is among customers (inverse document frequency, smoothed as in scikit-learn's
-- TfidfTransformer: ln((1 + customers) / (1 + customers with it)) + 1).
with

affinity_days as (

    select * from {{ ref('int_customer_day_affinities') }}

),

identities as (

    select * from {{ ref('int_identities') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    {{ where_touched('as_of_dates') }}

),

people as (

    -- Groups and ranks over millions of rows go by numbers: by names they took half as long again.
    select
        customer_id,
        cast(row_number() over (order by customer_id) as integer) as customer_number
    from identities
    group by customer_id

),

dimension_values as (

    select
        dimension,
        dimension_value,
        cast(row_number() over (order by dimension, dimension_value) as integer) as value_number
    from affinity_days
    group by dimension, dimension_value

),

days as (

    select
        people.customer_number,
        dimension_values.value_number,
        affinity_days.dimension,
        affinity_days.activity_date,
        affinity_days.known_date,
        affinity_days.net_amount
    from affinity_days
    inner join identities
        on affinity_days.source_system = identities.source_system
        and affinity_days.source_customer_id = identities.source_customer_id
    inner join people on identities.customer_id = people.customer_id
    inner join dimension_values
        on affinity_days.dimension = dimension_values.dimension
        and affinity_days.dimension_value = dimension_values.dimension_value

),

decayed as (

    select
        days.customer_number,
        as_of_dates.as_of_date,
        days.dimension,
        days.value_number,
        sum(days.net_amount) as total_spend,
        -- Decimals add up to the same sum in whatever order threads add them; doubles do not.
        sum(cast(
            days.net_amount * {{ share_left('as_of_dates.as_of_date - days.activity_date') }}
            as decimal(18, 6)
        )) as decayed_spend,
        cast(count_if(days.net_amount > 0) as bigint) as day_count,
        max(days.activity_date) as last_bought_date
    from days
    inner join as_of_dates on days.known_date < as_of_dates.as_of_date
    group by all
    having sum(days.net_amount) > 0 and decayed_spend > 0

),

populations as (

    select
        as_of_date,
        dimension,
        count(distinct customer_number) as customer_count
    from decayed
    group by as_of_date, dimension

),

frequencies as (

    select
        as_of_date,
        value_number,
        count(*) as customer_count
    from decayed
    group by as_of_date, value_number

),

weighed as (

    select
        decayed.*,
        decayed.decayed_spend / sum(decayed.decayed_spend) over (
            partition by decayed.customer_number, decayed.as_of_date, decayed.dimension
        ) as weight_share,
        ln((1.0 + populations.customer_count) / (1.0 + frequencies.customer_count)) + 1
            as inverse_document_frequency
    from decayed
    inner join populations
        on decayed.as_of_date = populations.as_of_date and decayed.dimension = populations.dimension
    inner join frequencies
        on decayed.as_of_date = frequencies.as_of_date
        and decayed.value_number = frequencies.value_number

),

ranked as (

    select
        people.customer_id,
        dimension_values.dimension_value,
        weighed.{{ all_but(['customer_number', 'value_number']) }},
        weighed.weight_share * weighed.inverse_document_frequency as tf_idf,
        row_number() over (
            partition by weighed.customer_number, weighed.as_of_date, weighed.dimension
            order by
                weighed.weight_share * weighed.inverse_document_frequency desc,
                weighed.value_number
        ) as affinity_rank
    from weighed
    inner join people on weighed.customer_number = people.customer_number
    inner join dimension_values on weighed.value_number = dimension_values.value_number

)

select * from ranked
