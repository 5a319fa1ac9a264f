with

feature_rfm as (

    select * from {{ ref('feature_rfm') }}

),

sources as (

    select * from {{ ref('customer_sources') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where is_current

),

selected as (

    select
        feature_rfm.shop,
        feature_rfm.customer_id,
        feature_rfm.as_of_date,
        sources.currency,

        feature_rfm.rfm_segment,
        feature_rfm.rfm_segment_missing_reason,

        feature_rfm.days_since_last_order,
        feature_rfm.silence_ratio,
        cast(feature_rfm.order_count as bigint) as order_count,
        {{ in_minor_units('feature_rfm.total_spend', 'sources.reporting_decimals') }}
            as total_spend,
        feature_rfm.recency_score,
        feature_rfm.frequency_score,
        feature_rfm.monetary_score,
        cast(feature_rfm.recency_score_levels as integer) as recency_score_levels,
        cast(feature_rfm.frequency_score_levels as integer) as frequency_score_levels,
        cast(feature_rfm.monetary_score_levels as integer) as monetary_score_levels
    from feature_rfm
    inner join sources on feature_rfm.customer_id = sources.customer_id
    inner join as_of_dates
        on feature_rfm.shop = as_of_dates.shop and feature_rfm.as_of_date = as_of_dates.as_of_date

)

select * from selected
