with

importance as (

    select * from {{ source('ml', 'feature_importance') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where is_current

),

selected as (

    -- The table may be older than the rest.
    select
        importance.shop,
        importance.as_of_date,
        importance.model_name,
        importance.prediction,
        importance.target,
        importance.evaluated_on,
        importance.theme,
        importance.feature,
        importance.importance,
        importance.lower_bound,
        importance.upper_bound,
        importance.customer_count
    from importance
    inner join as_of_dates
        on importance.shop = as_of_dates.shop and importance.as_of_date = as_of_dates.as_of_date

)

select * from selected
