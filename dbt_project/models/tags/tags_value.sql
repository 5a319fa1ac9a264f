with

customer_features as (

    select * from {{ ref('customer_features') }}
    {{ where_touched('customer_features') }}

),

feature_rfm as (

    select * from {{ ref('feature_rfm') }}
    {{ where_touched('feature_rfm') }}

),

tags_lifecycle as (

    select * from {{ ref('tags_lifecycle') }}
    {{ where_touched('tags_lifecycle') }}

),

buyers as (

    -- Returns of goods bought before the data begins can make the total negative.
    select
        shop,
        customer_id,
        as_of_date,
        cast(greatest(total_spend, 0) as decimal(18, 4)) as spend
    from customer_features
    where order_count > 0 and total_spend is not null

),

ranked as (

    -- Peers of equal spend are in the running sum (`range`), so all of them see the same customers
    -- above themselves.
    select
        shop,
        customer_id,
        as_of_date,
        sum(spend) over (partition by shop, as_of_date) as spend_of_all,
        sum(spend) over (
            partition by shop, as_of_date order by spend desc
            range between unbounded preceding and current row
        ) - spend * count(*) over (partition by shop, as_of_date, spend) as spend_of_better
    from buyers

),

compared as (

    select
        shop,
        customer_id,
        as_of_date,
        order_count,
        cast(total_spend as decimal(18, 4)) as total_spend,
        cast(total_spend_last_90_days as decimal(18, 4)) as total_spend_last_90_days,
        cast(total_spend_previous_90_days as decimal(18, 4)) as total_spend_previous_90_days,
        case
            when days_since_first_order >= {{ tag_parameter('spend_trend', 'min_days') }}
                and total_spend_last_90_days + total_spend_previous_90_days > 0
                then (total_spend_last_90_days - total_spend_previous_90_days)
                    / (total_spend_last_90_days + total_spend_previous_90_days)
        end as spend_change
    from customer_features

),

measured as (

    select
        compared.*,
        case
            when ranked.spend_of_all > 0 then ranked.spend_of_better / ranked.spend_of_all
        end as spend_share_of_better_customers,
        feature_rfm.recency_score,
        feature_rfm.frequency_score,
        feature_rfm.monetary_score,
        feature_rfm.rfm_segment,
        tags_lifecycle.lifecycle_stage,
        tags_lifecycle.silence_ratio
    from compared
    left join ranked
        on compared.customer_id = ranked.customer_id and compared.as_of_date = ranked.as_of_date
    left join feature_rfm
        on compared.customer_id = feature_rfm.customer_id
        and compared.as_of_date = feature_rfm.as_of_date
    left join tags_lifecycle
        on compared.customer_id = tags_lifecycle.customer_id
        and compared.as_of_date = tags_lifecycle.as_of_date

),

tiered as (

    select
        *,
        {{ banded('value_tier', 'spend_share_of_better_customers') }} as value_tier
    from measured

),

tagged as (

    select
        shop,
        customer_id,
        as_of_date,

        value_tier,
        {{ banded('spend_trend', 'spend_change') }} as spend_trend,
        rfm_segment,

        -- Where nobody has spent anything nobody has a tier.
        coalesce(
            value_tier in {{ tag_parameter('is_high_value_at_risk', 'value_tiers') }}
            and lifecycle_stage in {{ tag_parameter('is_high_value_at_risk', 'lifecycle_stages') }},
            false
        ) as is_high_value_at_risk,

        lifecycle_stage,
        total_spend,
        cast(spend_share_of_better_customers as double) as spend_share_of_better_customers,
        total_spend_last_90_days,
        total_spend_previous_90_days,
        cast(spend_change as double) as spend_change,
        recency_score,
        frequency_score,
        monetary_score,
        silence_ratio
    from tiered

)

select * from tagged
