with

feature_customers as (

    select * from {{ ref('feature_customers') }}
    {{ where_touched('feature_customers') }}

),

feature_affinities as (

    select * from {{ ref('feature_affinities') }}
    {{ where_touched('feature_affinities') }}

),

house_words as (

    select * from {{ ref('int_house_words') }}

),

likeable as (

    select feature_affinities.*
    from feature_affinities
    left join house_words
        on
            feature_affinities.shop = house_words.shop
            and feature_affinities.dimension = house_words.dimension
            and feature_affinities.dimension_value = house_words.word
    where house_words.word is null

),

favourites as (

    -- The best rank among the values that were bought more than once: one purchase is no favourite.
    select
        customer_id,
        as_of_date,
        {%- for dimension in ['category', 'brand'] %}
        {%- for column, name in {
            'dimension_value': 'favourite_' ~ dimension,
            'weight_share': dimension ~ '_weight_share',
            'day_count': dimension ~ '_day_count',
            'last_bought_date': dimension ~ '_last_bought_date',
        }.items() %}
        min_by({{ column }}, affinity_rank) filter (
            where dimension = '{{ dimension }}'
                and day_count >= {{ tag_parameter('favourite_' ~ dimension, 'min_days') }}
        ) as {{ name }}{{ ',' if not (dimension == 'brand' and loop.last) }}
        {%- endfor %}
        {%- endfor %}
    from likeable
    group by customer_id, as_of_date

),

tagged as (

    select
        feature_customers.shop,
        feature_customers.customer_id,
        feature_customers.as_of_date,

        favourites.favourite_category,
        favourites.favourite_brand,

        favourites.category_weight_share
            >= {{ tag_parameter('is_category_lover', 'min_weight_share') }}
            and favourites.category_day_count
            >= {{ tag_parameter('is_category_lover', 'min_days') }}
            as is_category_lover,
        favourites.brand_weight_share >= {{ tag_parameter('is_brand_loyal', 'min_weight_share') }}
            and favourites.brand_day_count >= {{ tag_parameter('is_brand_loyal', 'min_days') }}
            as is_brand_loyal,

        cast(favourites.category_weight_share as double) as category_weight_share,
        cast(favourites.category_day_count as bigint) as category_day_count,
        favourites.category_last_bought_date,
        cast(favourites.brand_weight_share as double) as brand_weight_share,
        cast(favourites.brand_day_count as bigint) as brand_day_count,
        favourites.brand_last_bought_date
    from feature_customers
    left join favourites
        on feature_customers.customer_id = favourites.customer_id
        and feature_customers.as_of_date = favourites.as_of_date

)

select * from tagged
