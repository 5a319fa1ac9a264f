{%- set amounts = [
    'total_spend', 'total_spend_last_30_days', 'total_spend_last_90_days',
    'total_spend_previous_90_days', 'average_order_value', 'max_order_day_spend',
    'discount_amount', 'coupon_amount', 'returned_amount',
] %}
{%- set told = ['occupation', 'education', 'marital_status', 'household_type', 'home_ownership',
    'language', 'region', 'city'] %}
{%- set of_sources = ['currency', 'source_systems', 'identity_evidence', 'household_id',
    'household_customer_count', 'household_found_by'] %}
with

tags as (

    select * from {{ ref('current_tags') }}

),

features as (

    select * from {{ ref('customer_features') }}

),

demographics as (

    select * from {{ ref('feature_demographics') }}

),

rfm as (

    select * from {{ ref('customer_rfm') }}

),

segments as (

    select * from {{ ref('customer_segments') }}

),

prediction as (

    select * from {{ ref('tags_prediction') }}

),

customer_preferences as (

    -- As many as a person reads at a glance.
    select * from {{ ref('customer_preferences') }}
    where affinity_rank <= 3

),

sources as (

    select * from {{ ref('customer_sources') }}

),

favourites as (

    select
        customer_id,
        {{ joined_text(
            "case when dimension = 'category' then dimension_value end", '; ', 'affinity_rank'
        ) }} as top_categories,
        {{ joined_text(
            "case when dimension = 'brand' then dimension_value end", '; ', 'affinity_rank'
        ) }} as top_brands
    from customer_preferences
    group by customer_id

),

joined as (

    select
        tags.*,
        {%- for column in of_sources %}
        sources.{{ column }},
        {%- endfor %}
        {%- for column in told %}
        demographics.{{ column }},
        {%- endfor %}
        favourites.top_categories,
        favourites.top_brands,
        segments.segment_name_zh,
        segments.model_name as segment_model_name,
        segments.model_version as segment_model_version,
        prediction.repurchase_model_name,
        prediction.repurchase_model_version,

        sources.source_key_count,
        features.days_known,
        features.days_since_first_order,
        features.days_since_last_order,
        cast(features.order_count as bigint) as order_count,
        cast(features.unvalued_order_count as bigint) as unvalued_order_count,
        features.order_day_count,
        cast(features.order_count_last_90_days as bigint) as order_count_last_90_days,
        {%- for amount in amounts %}
        {{ in_minor_units('features.' ~ amount, 'sources.reporting_decimals') }} as {{ amount }},
        {%- endfor %}
        cast(
            {{ in_minor_units('features.total_spend', 'sources.reporting_decimals') }}
            - {{ in_minor_units('features.coupon_amount', 'sources.reporting_decimals') }}
            as decimal(18, 4)
        ) as customer_paid_amount,
        features.mean_days_between_orders,
        features.lines_per_order,
        features.discount_share,
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
        segments.segment_id,
        prediction.repurchase_probability,
        prediction.repurchase_horizon_days,
        prediction.is_repurchase_model_served,
        features.as_of_date - cast(features.days_since_first_order as integer) as first_order_date,
        features.as_of_date - cast(features.days_since_last_order as integer) as last_order_date
    from tags
    left join sources on tags.customer_id = sources.customer_id
    left join favourites on tags.customer_id = favourites.customer_id
    left join rfm on tags.customer_id = rfm.customer_id
    left join segments on tags.customer_id = segments.customer_id
    left join features
        on tags.customer_id = features.customer_id and tags.as_of_date = features.as_of_date
    left join demographics
        on tags.customer_id = demographics.customer_id and tags.as_of_date = demographics.as_of_date
    left join prediction
        on tags.customer_id = prediction.customer_id and tags.as_of_date = prediction.as_of_date

)

select * from joined
