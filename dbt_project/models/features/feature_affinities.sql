-- How much a customer leans to a value of a dimension: what they spent on it, each day's spend
-- halved every affinity_half_life_days, as a share of all they spent (term frequency), times how
-- rare it is among customers (inverse document frequency, smoothed as in scikit-learn's
-- TfidfTransformer: ln((1 + customers) / (1 + customers with it)) + 1).
{%- set dimensions = ['category', 'brand'] %}

with

day_items as (

    select * from {{ ref('int_customer_day_items') }}

),

identities as (

    select * from {{ ref('int_identities') }}

),

products as (

    select
        source_system,
        source_product_id,
        brand,
        {{ last_of_path('category_path') }} as category
    from {{ ref('int_products') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

labelled as (

    select
        identities.customer_id,
        day_items.activity_date,
        day_items.known_date,
        products.category,
        products.brand,
        sum(day_items.net_amount) as net_amount
    from day_items
    inner join identities
        on
            day_items.source_system = identities.source_system
            and day_items.source_customer_id = identities.source_customer_id
    inner join products
        on
            day_items.source_system = products.source_system
            and day_items.source_product_id = products.source_product_id
    group by all

),

days as (
    {% for dimension in dimensions %}
    select
        customer_id,
        '{{ dimension }}' as dimension,
        {{ dimension }} as dimension_value,
        activity_date,
        known_date,
        sum(net_amount) as net_amount
    from labelled
    where {{ dimension }} is not null
    group by all
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

decayed as (

    select
        days.customer_id,
        as_of_dates.as_of_date,
        days.dimension,
        days.dimension_value,
        -- Decimals add up to the same sum in whatever order threads add them; doubles do not.
        sum(
            cast(
                days.net_amount * power(
                    0.5,
                    (as_of_dates.as_of_date - days.activity_date)
                    / cast({{ var('affinity_half_life_days') }} as double)
                ) as decimal(18, 6)
            )
        ) as decayed_spend,
        sum(days.net_amount) as total_spend,
        cast(count_if(days.net_amount > 0) as bigint) as day_count,
        max(days.activity_date) as last_bought_date
    from days
    inner join as_of_dates on days.known_date < as_of_dates.as_of_date
    group by all
    having sum(days.net_amount) > 0 and decayed_spend > 0

),

counted as (

    select
        *,
        count(*) over (
            partition by as_of_date, dimension, dimension_value
        ) as customers_with_it
    from decayed

),

customers as (

    select
        as_of_date,
        dimension,
        count(distinct customer_id) as customer_count
    from decayed
    group by as_of_date, dimension

),

weighed as (

    select
        counted.customer_id,
        counted.as_of_date,
        counted.dimension,
        counted.dimension_value,
        counted.decayed_spend,
        counted.total_spend,
        counted.day_count,
        counted.last_bought_date,
        counted.decayed_spend / sum(counted.decayed_spend) over (
            partition by counted.customer_id, counted.as_of_date, counted.dimension
        ) as weight_share,
        ln((1.0 + customers.customer_count) / (1.0 + counted.customers_with_it)) + 1
            as inverse_document_frequency
    from counted
    inner join customers
        on
            counted.as_of_date = customers.as_of_date
            and counted.dimension = customers.dimension

),

ranked as (

    select
        *,
        weight_share * inverse_document_frequency as tf_idf,
        row_number() over (
            partition by customer_id, as_of_date, dimension
            order by weight_share * inverse_document_frequency desc, dimension_value
        ) as affinity_rank
    from weighed

)

select * from ranked
