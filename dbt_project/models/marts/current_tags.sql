with

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where is_current

),

feature_customers as (

    select feature_customers.*
    from {{ ref('feature_customers') }} as feature_customers
    inner join as_of_dates
        on
            feature_customers.shop = as_of_dates.shop
            and feature_customers.as_of_date = as_of_dates.as_of_date

),

{% for model_name in tag_models() %}
{{ model_name }} as (

    -- So that tags of all earlier days are not made ready to be joined.
    select * from {{ ref(model_name) }}
    where as_of_date in (select as_of_dates.as_of_date from as_of_dates)

),

{% endfor -%}

joined as (

    select
        feature_customers.shop,
        feature_customers.customer_id,
        feature_customers.as_of_date,

        tags_demographics.gender,
        tags_demographics.age_band,
        tags_demographics.income_band,
        tags_demographics.household_size,
        tags_demographics.country,
        tags_lifecycle.lifecycle_stage,
        tags_lifecycle.tenure_band,
        tags_value.value_tier,
        tags_value.spend_trend,
        tags_value.rfm_segment,
        tags_rhythm.buying_rhythm,
        tags_rhythm.preferred_day_part,
        tags_basket.basket_size_tier,
        tags_basket.basket_value_tier,
        tags_basket.variety_tier,
        tags_promotion.discount_affinity,
        tags_channel.preferred_channel,
        tags_channel.preferred_store,
        tags_channel.store_loyalty,
        tags_preference.favourite_category,
        tags_preference.favourite_brand,
        tags_campaign.campaign_exposure,
        tags_campaign.campaign_response,
        tags_prediction.segment_name,
        tags_prediction.repurchase_likelihood,

        tags_demographics.has_children,
        tags_lifecycle.is_one_time_buyer,
        tags_lifecycle.is_new_customer,
        tags_value.is_high_value_at_risk,
        tags_rhythm.is_regular_buyer,
        tags_rhythm.is_weekend_shopper,
        tags_promotion.is_coupon_user,
        tags_promotion.is_frequent_returner,
        tags_channel.is_multichannel,
        tags_preference.is_category_lover,
        tags_preference.is_brand_loyal,
        tags_campaign.is_campaign_responder
    from feature_customers
    {%- for model_name in tag_models() %}
    left join {{ model_name }}
        on feature_customers.customer_id = {{ model_name }}.customer_id
        and feature_customers.as_of_date = {{ model_name }}.as_of_date
    {%- endfor %}

)

select * from joined
