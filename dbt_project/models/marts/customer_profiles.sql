{#- How many favourites a person reads at a glance. -#}
{%- set favourite_count = 3 %}
{#- What is joined as of the current day, one row a customer. -#}
{%- set current = {
    'features': ref('customer_features'),
    'demographics': ref('feature_demographics'),
    'rfm': ref('customer_rfm'),
    'lifecycle': ref('tags_lifecycle'),
    'value_tags': ref('tags_value'),
    'rhythm': ref('tags_rhythm'),
    'basket': ref('tags_basket'),
    'promotion': ref('tags_promotion'),
    'channel': ref('tags_channel'),
    'preference': ref('tags_preference'),
    'campaign': ref('tags_campaign'),
    'prediction': ref('tags_prediction'),
} %}

with

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where is_current

),

feature_customers as (

    select feature_customers.*
    from {{ ref('feature_customers') }} as feature_customers
    inner join as_of_dates on feature_customers.as_of_date = as_of_dates.as_of_date

),

int_identities as (

    select * from {{ ref('int_identities') }}

),

source_keys as (

    select
        customer_id,
        source_system,
        count(*) as source_key_count
    from int_identities
    group by customer_id, source_system

),

source_systems as (

    select
        customer_id,
        {{ joined_text('source_system', ', ', 'source_system') }} as source_systems,
        sum(source_key_count) as source_key_count
    from source_keys
    group by customer_id

),

favourites as (

    select
        customer_id,
        {%- for dimension, name in {'category': 'top_categories', 'brand': 'top_brands'}.items() %}
        {{ joined_text(
            "case when dimension = '" ~ dimension ~ "' then dimension_value end", '; ',
            'affinity_rank'
        ) }} as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('customer_preferences') }}
    where affinity_rank <= {{ favourite_count }}
    group by customer_id

),

customer_segments as (

    select * from {{ ref('customer_segments') }}

),

{% for alias, relation in current.items() %}
{{ alias }} as (

    select * from {{ relation }}
    where as_of_date in (select as_of_dates.as_of_date from as_of_dates)

),

{% endfor -%}

joined as (

    select
        feature_customers.customer_id,
        feature_customers.as_of_date,

        source_systems.source_systems,

        demographics.gender,
        demographics.age_band,
        demographics.occupation,
        demographics.education,
        demographics.income_band,
        demographics.marital_status,
        demographics.household_size,
        demographics.household_type,
        demographics.home_ownership,
        demographics.language,
        demographics.country,
        demographics.region,
        demographics.city,

        lifecycle.lifecycle_stage,
        lifecycle.tenure_band,
        value_tags.value_tier,
        value_tags.spend_trend,
        rhythm.buying_rhythm,
        rhythm.preferred_day_part,
        basket.basket_size_tier,
        basket.basket_value_tier,
        basket.variety_tier,
        promotion.discount_affinity,
        channel.preferred_channel,
        channel.preferred_store,
        channel.store_loyalty,
        preference.favourite_category,
        preference.favourite_brand,
        favourites.top_categories,
        favourites.top_brands,
        campaign.campaign_exposure,
        campaign.campaign_response,

        rfm.rfm_segment,
        customer_segments.segment_name,
        customer_segments.segment_name_zh,
        customer_segments.model_name as segment_model_name,
        customer_segments.model_version as segment_model_version,
        prediction.repurchase_likelihood,
        prediction.repurchase_model_name,
        prediction.repurchase_model_version,

        cast(source_systems.source_key_count as integer) as source_key_count,
        features.days_known,
        features.days_since_first_order,
        features.days_since_last_order,
        cast(features.order_count as bigint) as order_count,
        features.order_day_count,
        cast(features.order_count_last_90_days as bigint) as order_count_last_90_days,
        features.total_spend,
        features.total_spend_last_30_days,
        features.total_spend_last_90_days,
        features.total_spend_previous_90_days,
        cast(features.average_order_value as decimal(18, 2)) as average_order_value,
        features.max_order_day_spend,
        features.mean_days_between_orders,
        features.lines_per_order,
        features.discount_amount,
        features.discount_share,
        features.coupon_amount,
        features.returned_amount,
        features.return_share,
        features.weekend_order_share,
        features.channel_count,
        features.store_count,
        cast(features.category_count as bigint) as category_count,
        cast(features.brand_count as bigint) as brand_count,
        features.campaign_contact_count,
        features.campaign_response_count,
        features.coupon_redemption_count,
        cast(features.session_count as bigint) as session_count,
        features.days_since_last_session,
        cast(features.review_count as bigint) as review_count,
        features.average_rating,
        rfm.recency_score,
        rfm.frequency_score,
        rfm.monetary_score,
        customer_segments.segment_id,
        prediction.repurchase_probability,
        prediction.repurchase_horizon_days,

        demographics.has_children,
        lifecycle.is_one_time_buyer,
        lifecycle.is_new_customer,
        value_tags.is_high_value_at_risk,
        rhythm.is_regular_buyer,
        rhythm.is_weekend_shopper,
        promotion.is_coupon_user,
        promotion.is_frequent_returner,
        channel.is_multichannel,
        preference.is_category_lover,
        preference.is_brand_loyal,
        campaign.is_campaign_responder,
        prediction.is_repurchase_model_served,

        features.as_of_date - cast(features.days_since_first_order as integer) as first_order_date,
        features.as_of_date - cast(features.days_since_last_order as integer) as last_order_date
    from feature_customers
    left join source_systems
        on feature_customers.customer_id = source_systems.customer_id
    left join favourites
        on feature_customers.customer_id = favourites.customer_id
    left join customer_segments
        on feature_customers.customer_id = customer_segments.customer_id
    {%- for alias in current %}
    left join {{ alias }}
        on feature_customers.customer_id = {{ alias }}.customer_id
    {%- endfor %}

)

select * from joined
