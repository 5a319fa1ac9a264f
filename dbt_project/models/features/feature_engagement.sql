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

dated as (

    select
        identities.shop,
        identities.customer_id,
        identities.known_until,
        customer_days.{{ all_but(['known_date']) }},
        greatest(customer_days.known_date, identities.known_from) as known_date
    from customer_days
    inner join identities
        on
            customer_days.source_system = identities.source_system
            and customer_days.source_customer_id = identities.source_customer_id

),

known_from as (

    {{ first_as_of_after('dated', 'known_date') }}

),

news as (

    select
        dated.shop,
        dated.customer_id,
        dated.known_until,
        known_from.as_of_date,
        sum(dated.session_count) as session_count,
        sum(dated.view_count) as view_count,
        sum(dated.cart_count) as cart_count,
        max(dated.activity_date) filter (where dated.session_count > 0)
            as last_session_date,
        sum(dated.review_count) as review_count,
        sum(dated.rating_sum) as rating_sum,
        sum(dated.rating_count) as rating_count
    from dated
    inner join known_from
        on dated.shop = known_from.shop and dated.known_date = known_from.known_date
    group by dated.shop, dated.customer_id, dated.known_until, known_from.as_of_date

),

added_up as (

    select
        news.shop,
        news.customer_id,
        as_of_dates.as_of_date,
        cast(sum(news.session_count) as bigint) as session_count,
        cast(sum(news.view_count) as bigint) as view_count,
        cast(sum(news.cart_count) as bigint) as cart_count,
        as_of_dates.as_of_date - max(news.last_session_date) as days_since_last_session,
        cast(sum(news.review_count) as bigint) as review_count,
        sum(news.rating_sum) / nullif(sum(news.rating_count), 0) as average_rating
    from news
    inner join as_of_dates
        on news.shop = as_of_dates.shop and news.as_of_date <= as_of_dates.as_of_date
        and news.known_until >= as_of_dates.as_of_date
    group by news.shop, news.customer_id, as_of_dates.as_of_date

)

select * from added_up
