with

measured as (

    select * from {{ source('ml', 'model_metrics') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where is_current

),

selected as (

    select
        measured.shop,
        measured.model_name,
        measured.model_version,
        measured.as_of_date,

        measured.prediction,
        measured.target,
        measured.metric,
        measured.note,

        measured.value,
        measured.lower_bound,
        measured.upper_bound,
        measured.baseline_value,
        measured.customer_count,

        measured.evaluated_on
    from measured
    inner join as_of_dates
        on measured.shop = as_of_dates.shop and measured.as_of_date = as_of_dates.as_of_date

)

select * from selected
