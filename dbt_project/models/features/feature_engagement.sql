-- Each customer day is read once: it is new on the first evaluated day after it became known, and
-- what was new is added up from one evaluated day to the next.
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

known_from as (

    {{ first_as_of_after('customer_days', 'known_date') }}

),

news as (

    select
        identities.customer_id,
        known_from.as_of_date,
        sum(customer_days.session_count) as session_count,
        sum(customer_days.view_count) as view_count,
        sum(customer_days.cart_count) as cart_count,
        max(customer_days.activity_date) filter (where customer_days.session_count > 0)
            as last_session_date,
        sum(customer_days.review_count) as review_count,
        sum(customer_days.rating_sum) as rating_sum,
        sum(customer_days.rating_count) as rating_count
    from customer_days
    inner join identities
        on
            customer_days.source_system = identities.source_system
            and customer_days.source_customer_id = identities.source_customer_id
    inner join known_from on customer_days.known_date = known_from.known_date
    group by identities.customer_id, known_from.as_of_date

),

added_up as (

    select
        news.customer_id,
        as_of_dates.as_of_date,
        cast(sum(news.session_count) as bigint) as session_count,
        cast(sum(news.view_count) as bigint) as view_count,
        cast(sum(news.cart_count) as bigint) as cart_count,
        as_of_dates.as_of_date - max(news.last_session_date) as days_since_last_session,
        cast(sum(news.review_count) as bigint) as review_count,
        sum(news.rating_sum) / nullif(sum(news.rating_count), 0) as average_rating
    from news
    inner join as_of_dates on news.as_of_date <= as_of_dates.as_of_date
    group by news.customer_id, as_of_dates.as_of_date

)

select * from added_up
