with

customer_day_places as (

    select * from {{ ref('int_customer_day_places') }}

),

identities as (

    select * from {{ ref('int_identities') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    {{ where_touched('as_of_dates') }}

),

affinities as (

    select * from {{ ref('feature_affinities') }}
    {{ where_touched('feature_affinities') }}

),

places as (

    select
        identities.customer_id,
        as_of_dates.as_of_date,
        customer_day_places.dimension,
        customer_day_places.dimension_value,
        cast(sum(customer_day_places.order_count) as bigint) as order_count
    from customer_day_places
    inner join identities
        on
            customer_day_places.source_system = identities.source_system
            and customer_day_places.source_customer_id = identities.source_customer_id
    inner join as_of_dates on customer_day_places.known_date < as_of_dates.as_of_date
    group by all
    having sum(customer_day_places.order_count) > 0

),

{% for place in ['channel', 'store'] %}
{{ place }}_breadth as (

    select
        customer_id,
        as_of_date,
        count(*) as {{ place }}_count,
        max(order_count) / sum(order_count) as top_{{ place }}_share,
        -- The name decides between places with equally many orders.
        {{ first_by('dimension_value', 'order_count desc, dimension_value') }}
            as preferred_{{ place }}
    from places
    where dimension = '{{ place }}'
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

keys as (

    -- Where no source tells channels or stores, tastes are known all the same.
    select
        customer_id,
        as_of_date
    from channel_breadth
    union
    select
        customer_id,
        as_of_date
    from store_breadth
    union
    select
        customer_id,
        as_of_date
    from taste_breadth

),

joined as (

    select
        keys.customer_id,
        keys.as_of_date,
        coalesce(channel_breadth.channel_count, 0) as channel_count,
        coalesce(store_breadth.store_count, 0) as store_count,
        coalesce(taste_breadth.category_count, 0) as category_count,
        coalesce(taste_breadth.brand_count, 0) as brand_count,
        channel_breadth.top_channel_share,
        store_breadth.top_store_share,
        taste_breadth.top_category_share,
        taste_breadth.top_brand_share,
        channel_breadth.preferred_channel,
        store_breadth.preferred_store
    from keys
    {%- for breadth in ['channel_breadth', 'store_breadth', 'taste_breadth'] %}
    left join {{ breadth }}
        on
            keys.customer_id = {{ breadth }}.customer_id
            and keys.as_of_date = {{ breadth }}.as_of_date
    {%- endfor %}

)

select * from joined
