with

valued as (

    select * from {{ source('ml', 'customer_lifetime_value') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where is_current

),

selected as (

    -- Values of another day stay out: without the Python step the table may be older than the rest.
    select
        valued.shop,
        valued.customer_id,
        valued.as_of_date,
        valued.model_name,
        valued.model_version,
        valued.probability_alive,
        valued.expected_order_days_next_90_days,
        valued.lower_order_days_next_90_days,
        valued.upper_order_days_next_90_days,
        valued.expected_order_days_next_365_days,
        valued.lower_order_days_next_365_days,
        valued.upper_order_days_next_365_days,
        valued.expected_order_day_value,
        valued.expected_value_next_90_days,
        valued.expected_value_next_365_days,
        valued.note
    from valued
    inner join as_of_dates
        on valued.shop = as_of_dates.shop and valued.as_of_date = as_of_dates.as_of_date

)

select * from selected
