with

affinity_days as (

    select * from {{ ref('int_customer_day_affinities') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    {{ where_touched('as_of_dates') }}

),

people as (

    select
        shop,
        customer_id,
        known_from,
        known_until,
        cast(row_number() over (order by customer_id, known_from) as integer) as customer_number
    from {{ ref('int_identities') }}
    group by shop, customer_id, known_from, known_until

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
        people.shop,
        people.customer_number,
        dimension_values.dimension_number,
        dimension_values.value_number,
        affinity_days.activity_date,
        affinity_days.known_date,
        people.known_from,
        people.known_until,
        affinity_days.net_amount
    from affinity_days
    inner join {{ ref('int_identities') }} as identities
        on affinity_days.source_system = identities.source_system
        and affinity_days.source_customer_id = identities.source_customer_id
    inner join people
        on identities.customer_id = people.customer_id and identities.known_from = people.known_from
    inner join dimension_values
        on affinity_days.dimension = dimension_values.dimension
        and affinity_days.dimension_value = dimension_values.dimension_value

),

decayed as (

    select
        days.shop,
        days.customer_number,
        as_of_dates.as_of_date,
        days.dimension_number,
        days.value_number,
        sum(days.net_amount) as total_spend,
        sum({{ decayed('days.net_amount', 'as_of_dates.as_of_date - days.activity_date') }})
            as decayed_spend,
        cast(count_if(days.net_amount > 0) as bigint) as day_count,
        max(days.activity_date) as last_bought_date
    from days
    inner join as_of_dates
        on days.shop = as_of_dates.shop and days.known_date < as_of_dates.as_of_date
        and {{ is_person_as_of('days', 'as_of_dates.as_of_date') }}
    group by all
    having sum(days.net_amount) > 0 and decayed_spend > 0

),

wholes as (

    select
        customer_number,
        as_of_date,
        dimension_number,
        sum(decayed_spend) as decayed_spend,
        count(*) over (partition by shop, as_of_date, dimension_number) as customer_count
    from decayed
    group by shop, customer_number, as_of_date, dimension_number

),

frequencies as (

    select
        shop,
        as_of_date,
        value_number,
        count(*) as customer_count
    from decayed
    group by shop, as_of_date, value_number

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
            order by tf_idf desc, decayed.value_number
        ) as affinity_rank
    from decayed
    inner join wholes
        on decayed.customer_number = wholes.customer_number
        and decayed.as_of_date = wholes.as_of_date
        and decayed.dimension_number = wholes.dimension_number
    inner join frequencies
        on decayed.shop = frequencies.shop and decayed.as_of_date = frequencies.as_of_date
        and decayed.value_number = frequencies.value_number

),

named as (

    select
        people.shop,
        people.customer_id,
        dimension_values.dimension,
        dimension_values.dimension_value,
        ranked.{{ all_but(['shop', 'customer_number', 'dimension_number', 'value_number']) }}
    from ranked
    inner join people on ranked.customer_number = people.customer_number
    inner join dimension_values on ranked.value_number = dimension_values.value_number

)

select * from named
