-- How much a customer leans to a value: what they spent on it, each day's halved every
-- affinity_half_life_days, as a share of the dimension (term frequency), times how rare it is: the
-- inverse document frequency as scikit-learn smooths it, ln((1 + customers) / (1 + with it)) + 1.
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

    select
        shop,
        customer_id,
        cast(row_number() over (order by customer_id) as integer) as customer_number,
        cast(dense_rank() over (order by shop) as integer) as shop_number
    from identities
    group by shop, customer_id

),

days_of_shops as (

    select distinct
        people.shop_number,
        as_of_dates.as_of_date
    from as_of_dates
    inner join people on as_of_dates.shop = people.shop

),

dimension_values as (

    select
        dimension,
        dimension_value,
        cast(dense_rank() over (order by dimension) as tinyint) as dimension_number,
        cast(row_number() over (order by dimension, dimension_value) as integer) as value_number
    from affinity_days
    group by dimension, dimension_value

),

days as {{ held() }} (

    -- Millions of rows are grouped and ranked by numbers: by names they took half as long again.
    select
        people.shop_number,
        people.customer_number,
        dimension_values.dimension_number,
        dimension_values.value_number,
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
        days.shop_number,
        days.customer_number,
        as_of_dates.as_of_date,
        days.dimension_number,
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
    inner join days_of_shops as as_of_dates
        on days.shop_number = as_of_dates.shop_number
        and days.known_date < as_of_dates.as_of_date
    group by all
    having sum(days.net_amount) > 0 and decayed_spend > 0

),

wholes as (

    select
        customer_number,
        as_of_date,
        dimension_number,
        sum(decayed_spend) as decayed_spend,
        count(*) over (partition by shop_number, as_of_date, dimension_number) as customer_count
    from decayed
    group by shop_number, customer_number, as_of_date, dimension_number

),

frequencies as (

    select
        shop_number,
        as_of_date,
        value_number,
        count(*) as customer_count
    from decayed
    group by shop_number, as_of_date, value_number

),

ranked as (

    select
        decayed.*,
        decayed.decayed_spend / wholes.decayed_spend as weight_share,
        ln((1.0 + wholes.customer_count) / (1.0 + frequencies.customer_count)) + 1
            as inverse_document_frequency,
        weight_share * inverse_document_frequency as tf_idf,
        row_number() over (
            partition by decayed.customer_number, decayed.as_of_date, decayed.dimension_number
            order by weight_share * inverse_document_frequency desc, decayed.value_number
        ) as affinity_rank
    from decayed
    inner join wholes
        on decayed.customer_number = wholes.customer_number
        and decayed.as_of_date = wholes.as_of_date
        and decayed.dimension_number = wholes.dimension_number
    inner join frequencies
        on decayed.shop_number = frequencies.shop_number
        and decayed.as_of_date = frequencies.as_of_date
        and decayed.value_number = frequencies.value_number

),

named as (

    select
        people.shop,
        people.customer_id,
        dimension_values.dimension,
        dimension_values.dimension_value,
        ranked.{{ all_but(['shop_number', 'customer_number', 'dimension_number', 'value_number']) }}
    from ranked
    inner join people on ranked.customer_number = people.customer_number
    inner join dimension_values on ranked.value_number = dimension_values.value_number

)

select * from named
