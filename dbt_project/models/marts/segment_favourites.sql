{#- So many categories, brands and traits a person reads at a glance. -#}
{%- set listed_count = 5 %}

with

customer_profiles as (

    select * from {{ ref('customer_profiles') }}

),

customer_preferences as (

    select * from {{ ref('customer_preferences') }}

),

segment_measures as (

    select * from {{ ref('segment_measures') }}

),

segment_traits as (

    select * from {{ ref('segment_traits') }}

),

spend as (

    select
        customer_profiles.shop,
        customer_profiles.segment_id,
        customer_preferences.dimension,
        customer_preferences.dimension_value,
        row_number() over (
            partition by
                customer_profiles.shop,
                customer_profiles.segment_id,
                customer_preferences.dimension
            order by
                sum(customer_preferences.decayed_spend) desc,
                customer_preferences.dimension_value
        ) as spend_rank
    from customer_preferences
    inner join customer_profiles
        on customer_preferences.customer_id = customer_profiles.customer_id
    group by
        customer_profiles.shop, customer_profiles.segment_id, customer_preferences.dimension,
        customer_preferences.dimension_value

),

bought_most as (

    select
        shop,
        segment_id,
        {%- for column, dimension in {
            'top_categories': 'category', 'top_brands': 'brand',
        }.items() %}
        {{ joined_text(
            "case when dimension = '" ~ dimension ~ "' then dimension_value end", '; ', 'spend_rank'
        ) }} as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from spend
    where spend_rank <= {{ listed_count }}
    group by shop, segment_id

),

set_apart as (

    select
        shop,
        segment_id,
        {%- for column, value in {
            'over_represented': "case when kind = 'tag' then trait end",
            'over_represented_zh': "case when kind = 'tag' then trait_zh end",
            'over_represented_categories': "case when kind = 'category' then trait end",
            'over_represented_brands': "case when kind = 'brand' then trait end",
            'over_represented_times': "case when kind in ('weekday', 'hour') then trait end",
            'over_represented_times_zh': "case when kind in ('weekday', 'hour') then trait_zh end",
        }.items() %}
        {{ joined_text(value, '; ', 'kind desc, surplus_rank') }} as {{ column }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from segment_traits
    where surplus_rank <= {{ listed_count }}
    group by shop, segment_id

),

listed as (

    select
        segment_measures.shop,
        segment_measures.segment_id,
        segment_measures.as_of_date,
        bought_most.top_categories,
        bought_most.top_brands,
        set_apart.over_represented,
        set_apart.over_represented_zh,
        set_apart.over_represented_categories,
        set_apart.over_represented_brands,
        set_apart.over_represented_times,
        set_apart.over_represented_times_zh
    from segment_measures
    left join bought_most
        on
            segment_measures.shop = bought_most.shop
            and segment_measures.segment_id = bought_most.segment_id
    left join set_apart
        on segment_measures.shop = set_apart.shop
        and segment_measures.segment_id = set_apart.segment_id

)

select * from listed
