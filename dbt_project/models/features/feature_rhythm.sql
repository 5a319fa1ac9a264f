-- Days are taken as they stand in the end, and added up from one evaluated day to the next. Those
-- between an order and its return saw the customer otherwise: they are put together apart.
with

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    {{ where_touched('as_of_dates') }}

),

days as (

    select
        identities.shop,
        identities.customer_id,
        identities.known_from,
        identities.known_until,
        customer_days.activity_date,
        customer_days.known_date,
        customer_days.order_count,
        customer_days.net_amount
    from {{ ref('int_customer_days') }} as customer_days
    inner join {{ ref('int_identities') }} as identities
        on customer_days.source_system = identities.source_system
        and customer_days.source_customer_id = identities.source_customer_id
    where customer_days.order_count <> 0 or customer_days.net_amount <> 0

),

seen_otherwise as (

    select distinct
        days.customer_id,
        days.known_from,
        as_of_dates.as_of_date
    from days
    inner join as_of_dates
        on days.shop = as_of_dates.shop and days.activity_date < as_of_dates.as_of_date
        and days.known_date >= as_of_dates.as_of_date
        and {{ is_person_as_of('days', 'as_of_dates.as_of_date') }}

),

days_as_seen as (

    select
        *,
        cast(null as date) as seen_on
    from days
    union all
    select
        days.*,
        seen_otherwise.as_of_date as seen_on
    from days
    inner join seen_otherwise
        on days.customer_id = seen_otherwise.customer_id
        and days.known_from = seen_otherwise.known_from
        and days.known_date < seen_otherwise.as_of_date

),

order_days as (

    select
        shop,
        customer_id,
        known_from,
        known_until,
        seen_on,
        activity_date,
        cast(sum(net_amount) as decimal(18, 4)) as net_amount,
        activity_date - lag(activity_date) over seen_days as gap
    from days_as_seen
    group by shop, customer_id, known_from, known_until, seen_on, activity_date
    having sum(order_count) > 0
    window seen_days as (partition by customer_id, known_from, seen_on order by activity_date)

),

past_from as (

    {{ first_as_of_after('order_days', 'activity_date') }}

),

news as (

    select
        order_days.shop,
        order_days.customer_id,
        order_days.known_from,
        order_days.known_until,
        order_days.seen_on,
        past_from.as_of_date,
        count(*) as order_day_count,
        max(order_days.net_amount) as max_order_day_spend,
        min(order_days.activity_date) as first_order_date,
        max(order_days.activity_date) as last_order_date,
        count(order_days.gap) as gap_count,
        sum(order_days.gap) as gap_sum,
        sum(order_days.gap * order_days.gap) as gap_square_sum
    from order_days
    inner join past_from
        on order_days.shop = past_from.shop and order_days.activity_date = past_from.activity_date
    group by all

),

news_until as (

    -- Of a day that was seen otherwise what was seen on it, of all others what stands in the end.
    select
        news.{{ all_but(['as_of_date', 'seen_on']) }},
        as_of_dates.as_of_date
    from news
    inner join as_of_dates
        on news.shop = as_of_dates.shop and news.as_of_date <= as_of_dates.as_of_date
        and {{ is_person_as_of('news', 'as_of_dates.as_of_date') }}
    left join seen_otherwise
        on news.customer_id = seen_otherwise.customer_id
        and news.known_from = seen_otherwise.known_from
        and as_of_dates.as_of_date = seen_otherwise.as_of_date
    where news.seen_on is not distinct from seen_otherwise.as_of_date

),

described as (

    select
        shop,
        customer_id,
        as_of_date,
        cast(sum(order_day_count) as bigint) as order_day_count,
        max(max_order_day_spend) as max_order_day_spend,
        as_of_date - min(first_order_date) as days_since_first_order,
        as_of_date - max(last_order_date) as days_since_last_order,
        sum(gap_sum) / sum(gap_count) as mean_days_between_orders,
        -- The textbook formula on whole numbers is exact, so that threads cannot change a digit.
        sqrt(
            (sum(gap_square_sum) - power(sum(gap_sum), 2) / sum(gap_count))
            / nullif(sum(gap_count) - 1, 0)
        ) as stddev_days_between_orders
    from news_until
    group by shop, customer_id, as_of_date

)

select * from described
