{%- set places = ['channel', 'store'] %}

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

dated as (

    select
        identities.shop,
        identities.customer_id,
        identities.known_until,
        greatest(customer_day_places.known_date, identities.known_from) as known_date,
        customer_day_places.dimension,
        customer_day_places.dimension_value,
        customer_day_places.order_count
    from customer_day_places
    inner join identities
        on
            customer_day_places.source_system = identities.source_system
            and customer_day_places.source_customer_id = identities.source_customer_id

),

known_from as (

    {{ first_as_of_after('dated', 'known_date') }}

),

news as (

    -- Each day is read once: it is new on the first evaluated day after it became known.
    select
        dated.shop,
        dated.customer_id,
        dated.known_until,
        known_from.as_of_date,
        dated.dimension,
        dated.dimension_value,
        sum(dated.order_count) as order_count
    from dated
    inner join known_from
        on dated.shop = known_from.shop and dated.known_date = known_from.known_date
    group by all

),

places as (

    select
        news.shop,
        news.customer_id,
        as_of_dates.as_of_date,
        news.dimension,
        news.dimension_value,
        cast(sum(news.order_count) as bigint) as order_count
    from news
    inner join as_of_dates
        on news.shop = as_of_dates.shop and news.as_of_date <= as_of_dates.as_of_date
        and news.known_until >= as_of_dates.as_of_date
    group by all
    having sum(news.order_count) > 0

),

place_breadth as (

    select
        shop,
        customer_id,
        as_of_date,
        {%- for place in places %}
        cast(count_if(dimension = '{{ place }}') as bigint) as {{ place }}_count,
        max(order_count) filter (where dimension = '{{ place }}')
        / sum(order_count) filter (where dimension = '{{ place }}') as top_{{ place }}_share,
        -- The name decides between places with equally many orders.
        {{ first_by('dimension_value', 'order_count desc, dimension_value') }}
            filter (where dimension = '{{ place }}')
            as preferred_{{ place }}{{ ',' if not loop.last }}
        {%- endfor %}
    from places
    group by shop, customer_id, as_of_date

),

taste_breadth as (

    select
        shop,
        customer_id,
        as_of_date,
        cast(count_if(dimension = 'category') as bigint) as category_count,
        cast(count_if(dimension = 'brand') as bigint) as brand_count,
        max(weight_share) filter (where dimension = 'category') as top_category_share,
        max(weight_share) filter (where dimension = 'brand') as top_brand_share
    from affinities
    group by shop, customer_id, as_of_date

),

joined as (

    -- Where no source tells channels or stores, tastes are known all the same.
    select
        coalesce(place_breadth.shop, taste_breadth.shop) as shop,
        coalesce(place_breadth.customer_id, taste_breadth.customer_id) as customer_id,
        coalesce(place_breadth.as_of_date, taste_breadth.as_of_date) as as_of_date,
        coalesce(place_breadth.channel_count, 0) as channel_count,
        coalesce(place_breadth.store_count, 0) as store_count,
        coalesce(taste_breadth.category_count, 0) as category_count,
        coalesce(taste_breadth.brand_count, 0) as brand_count,
        place_breadth.top_channel_share,
        place_breadth.top_store_share,
        taste_breadth.top_category_share,
        taste_breadth.top_brand_share,
        place_breadth.preferred_channel,
        place_breadth.preferred_store
    from place_breadth
    full outer join taste_breadth
        on place_breadth.customer_id = taste_breadth.customer_id
        and place_breadth.as_of_date = taste_breadth.as_of_date

)

select * from joined
