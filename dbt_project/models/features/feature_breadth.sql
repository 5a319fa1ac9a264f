with

order_totals as (

    select * from {{ ref('int_order_totals') }}
    where is_purchase

),

identities as (

    select * from {{ ref('int_identities') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

affinities as (

    select * from {{ ref('feature_affinities') }}

),

places as (

    select
        identities.customer_id,
        as_of_dates.as_of_date,
        order_totals.channel,
        order_totals.store,
        count(*) as order_count
    from order_totals
    inner join identities
        on
            order_totals.source_system = identities.source_system
            and order_totals.source_customer_id = identities.source_customer_id
    inner join as_of_dates
        on
            order_totals.order_date < as_of_dates.as_of_date
            and (
                order_totals.fully_returned_date is null
                or order_totals.fully_returned_date >= as_of_dates.as_of_date
            )
    group by all

),

{% for place in ['channel', 'store'] %}
{{ place }}s as (

    select
        customer_id,
        as_of_date,
        {{ place }},
        sum(order_count) as order_count
    from places
    where {{ place }} is not null
    group by all

),

{{ place }}_breadth as (

    select
        customer_id,
        as_of_date,
        count(*) as {{ place }}_count,
        max(order_count) / sum(order_count) as top_{{ place }}_share,
        -- The name decides between places with equally many orders.
        {{ first_by(place, 'order_count desc, ' ~ place) }} as preferred_{{ place }}
    from {{ place }}s
    group by customer_id, as_of_date

),
{% endfor %}

taste_breadth as (

    select
        customer_id,
        as_of_date,
        cast(count_if(dimension = 'category') as bigint) as category_count,
        cast(count_if(dimension = 'brand') as bigint) as brand_count,
        max(weight_share) filter (where dimension = 'category') as top_category_share,
        max(weight_share) filter (where dimension = 'brand') as top_brand_share
    from affinities
    group by customer_id, as_of_date

),

joined as (

    select
        channel_breadth.customer_id,
        channel_breadth.as_of_date,
        channel_breadth.channel_count,
        coalesce(store_breadth.store_count, 0) as store_count,
        coalesce(taste_breadth.category_count, 0) as category_count,
        coalesce(taste_breadth.brand_count, 0) as brand_count,
        channel_breadth.top_channel_share,
        store_breadth.top_store_share,
        taste_breadth.top_category_share,
        taste_breadth.top_brand_share,
        channel_breadth.preferred_channel,
        store_breadth.preferred_store
    from channel_breadth
    left join store_breadth
        on
            channel_breadth.customer_id = store_breadth.customer_id
            and channel_breadth.as_of_date = store_breadth.as_of_date
    left join taste_breadth
        on
            channel_breadth.customer_id = taste_breadth.customer_id
            and channel_breadth.as_of_date = taste_breadth.as_of_date

)

select * from joined
