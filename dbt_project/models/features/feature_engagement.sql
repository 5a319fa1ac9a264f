with

customer_days as (

    select * from {{ ref('int_customer_days') }}
    where session_count > 0 or review_count > 0

),

identities as (

    select * from {{ ref('int_identities') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    {{ where_touched('as_of_dates') }}

),

added_up as (

    select
        identities.customer_id,
        as_of_dates.as_of_date,
        cast(sum(customer_days.session_count) as bigint) as session_count,
        cast(sum(customer_days.view_count) as bigint) as view_count,
        cast(sum(customer_days.cart_count) as bigint) as cart_count,
        as_of_dates.as_of_date
        - max(customer_days.activity_date) filter (where customer_days.session_count > 0)
            as days_since_last_session,
        cast(sum(customer_days.review_count) as bigint) as review_count,
        sum(customer_days.rating_sum) / nullif(sum(customer_days.rating_count), 0)
            as average_rating
    from customer_days
    inner join identities
        on
            customer_days.source_system = identities.source_system
            and customer_days.source_customer_id = identities.source_customer_id
    inner join as_of_dates on customer_days.known_date < as_of_dates.as_of_date
    group by identities.customer_id, as_of_dates.as_of_date

)

select * from added_up
