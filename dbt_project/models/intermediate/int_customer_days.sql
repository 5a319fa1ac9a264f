-- Two dates make a row: the day it belongs to (activity_date) and the day it became known
-- (known_date). They differ for returns only: what was bought on Monday and given back on Friday
-- stands as a plus on (Monday, Monday) and as a minus on (Monday, Friday). Adding up what was known
-- before any day D therefore gives the truth as it was seen on D.
with

order_totals as (

    select * from {{ ref('int_order_totals') }}
    {{ where_touched('int_order_totals', {'activity_date': 'int_order_totals.order_date'}) }}

),

return_matches as (

    select * from {{ ref('int_return_matches') }}
    {{ where_touched('int_return_matches', {
        'activity_date': 'coalesce(int_return_matches.purchase_date, int_return_matches.return_date)',
    }) }}

),

sessions as (

    select * from {{ ref('int_sessions') }}
    where
        source_customer_id is not null
        {{ and_touched('int_sessions', {'activity_date': 'int_sessions.session_date'}) }}

),

reviews as (

    select * from {{ ref('int_reviews') }}
    {{ where_touched('int_reviews', {'activity_date': 'int_reviews.review_date'}) }}

),

order_counts as (

    select
        source_system,
        source_customer_id,
        order_date,
        fully_returned_date,
        line_count,
        cast(is_purchase as integer) as order_count,
        cast(is_purchase and line_discount_amount + coupon_amount > 0 as integer)
            as discounted_order_count,
        cast(is_purchase and coupon_amount > 0 as integer) as coupon_order_count,
        cast(is_purchase and {{ is_weekend('order_date') }} as integer) as weekend_order_count,
        cast(is_purchase and order_hour is not null as integer) as timed_order_count,
        cast(is_purchase and order_hour between 5 and 10 as integer) as morning_order_count,
        cast(is_purchase and order_hour between 11 and 16 as integer) as afternoon_order_count,
        cast(is_purchase and order_hour between 17 and 21 as integer) as evening_order_count,
        goods_amount + order_discount_amount as net_amount,
        line_discount_amount - order_discount_amount as discount_amount,
        coupon_amount,
        charges_amount,
        cast(return_line_count > 0 as integer) as return_count
    from order_totals

),

ordered as (

    select
        {{ all_but(['order_date', 'fully_returned_date']) }},
        order_date as activity_date,
        order_date as known_date
    from order_counts

),

undone as (

    -- An order whose goods all came back never was, from the day on which the last of them came
    -- back.
    select
        source_system,
        source_customer_id,
        order_date as activity_date,
        fully_returned_date as known_date,
        -line_count as line_count,
        -order_count as order_count,
        -discounted_order_count as discounted_order_count,
        -coupon_order_count as coupon_order_count,
        -weekend_order_count as weekend_order_count,
        -timed_order_count as timed_order_count,
        -morning_order_count as morning_order_count,
        -afternoon_order_count as afternoon_order_count,
        -evening_order_count as evening_order_count
    from order_counts
    where fully_returned_date is not null

),

given_back as (

    select
        source_system,
        source_customer_id,
        coalesce(purchase_date, return_date) as activity_date,
        return_date as known_date,
        matched_amount as net_amount,
        -matched_amount as returned_amount
    from return_matches

),

visited as (

    select
        source_system,
        source_customer_id,
        session_date as activity_date,
        session_date as known_date,
        1 as session_count,
        view_count,
        cart_count
    from sessions

),

reviewed as (

    select
        source_system,
        source_customer_id,
        review_date as activity_date,
        review_date as known_date,
        1 as review_count,
        cast(rating is not null as integer) as rating_count,
        cast(rating as decimal(18, 4)) as rating_sum
    from reviews

),

unioned as (

    select * from ordered
    {{ union_all_by_name() }}
    select * from undone
    {{ union_all_by_name() }}
    select * from given_back
    {{ union_all_by_name() }}
    select * from visited
    {{ union_all_by_name() }}
    select * from reviewed

),

{% set integers = [
    'order_count', 'line_count', 'discounted_order_count', 'coupon_order_count',
    'weekend_order_count', 'timed_order_count', 'morning_order_count', 'afternoon_order_count',
    'evening_order_count', 'return_count', 'session_count', 'view_count', 'cart_count',
    'review_count', 'rating_count',
] -%}
{% set amounts = [
    'net_amount', 'discount_amount', 'coupon_amount', 'returned_amount', 'charges_amount',
] -%}
added_up as (

    select
        source_system,
        source_customer_id,
        activity_date,
        known_date,
        {%- for column in integers %}
        cast(coalesce(sum({{ column }}), 0) as bigint) as {{ column }},
        {%- endfor %}
        {%- for column in amounts %}
        cast(coalesce(sum({{ column }}), 0) as decimal(18, 4)) as {{ column }},
        {%- endfor %}
        coalesce(sum(rating_sum), 0) as rating_sum
    from unioned
    group by source_system, source_customer_id, activity_date, known_date

)

select * from added_up
