with

versions as (

    select * from {{ source('ml', 'model_versions') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where is_current

),

selected as (

    select
        versions.shop,
        versions.prediction,
        versions.model_version,
        versions.model_name,
        versions.served_version,
        versions.as_of_date,

        versions.target,
        versions.kind,
        versions.horizon_days,
        versions.description,
        versions.eligible,
        versions.outcome,
        versions.method,
        versions.baseline_name,
        versions.baseline_features,
        versions.features,
        versions.data_hash,
        versions.verdict,
        versions.verdict_reason,
        versions.metric,
        versions.metrics,
        versions.code_hash,
        versions.package_versions,

        versions.feature_count,
        versions.row_count,
        versions.customer_count,
        versions.tested_customer_count,
        versions.value,
        versions.lower_bound,
        versions.upper_bound,
        versions.baseline_value,

        versions.is_served,
        versions.is_latest,
        versions.is_pinned,

        versions.served_since,
        versions.made_for,
        versions.trained_from,
        versions.trained_to,
        versions.evaluated_on
    from versions
    inner join as_of_dates
        on versions.shop = as_of_dates.shop and versions.as_of_date = as_of_dates.as_of_date

)

select * from selected
