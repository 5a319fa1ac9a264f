with

scored as (

    select * from {{ source('ml', 'customer_predictions') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where is_current

),

selected as (

    -- Scores of another day stay out: without the Python step the table may be older than the rest.
    select
        scored.shop,
        scored.customer_id,
        scored.as_of_date,
        scored.model_name,
        scored.model_version,
        scored.prediction,
        scored.target,
        scored.horizon_days,
        scored.probability,
        scored.baseline_probability,
        scored.expected_amount,
        scored.lower_amount,
        scored.upper_amount,
        scored.baseline_amount,
        scored.is_model_served
    from scored
    inner join as_of_dates
        on scored.shop = as_of_dates.shop and scored.as_of_date = as_of_dates.as_of_date

)

select * from selected
