with

foretold as (

    select * from {{ source('ml', 'prediction_outcomes') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where not is_current

),

selected as (

    -- Days that are not evaluated any more stay out: the table may be older than the rest.
    select
        foretold.shop,
        foretold.prediction,
        foretold.target,
        foretold.kind,
        foretold.as_of_date,
        foretold.model_name,
        foretold.decile,
        foretold.customer_count,
        foretold.expected,
        foretold.lowest_expected,
        foretold.highest_expected,
        foretold.actual,
        foretold.baseline_expected
    from foretold
    inner join as_of_dates
        on foretold.shop = as_of_dates.shop and foretold.as_of_date = as_of_dates.as_of_date

)

select * from selected
