-- Two dates make a row: the day it belongs to (activity_date) and the day it became known
-- (known_date). They differ for returns only: what was bought on Monday and given back on Friday
-- stands as a plus on (Monday, Monday) and as a minus on (Monday, Friday). A visit of Monday whose
-- visitor signs in on Friday for the first time is theirs on (Monday, Friday). Adding up what was
-- known before any day D therefore gives the truth as it was seen on D.
with

counted_orders as (

    select * from {{ ref('int_counted_orders') }}
    {{ where_touched('int_counted_orders') }}

),

undone_orders as (

    select * from {{ ref('int_undone_orders') }}
    {{ where_touched('int_undone_orders') }}

),

return_matches as (

    select * from {{ ref('int_return_matches') }}
    {{ where_touched('int_return_matches', {
        'activity_date': 'coalesce(int_return_matches.purchase_date, int_return_matches.return_date)',
    }) }}

),

explained_refunds as (

    select * from {{ ref('int_explained_refunds') }}
    {{ where_touched('int_explained_refunds') }}

),

visits as (

    select * from {{ ref('int_visits') }}
    {{ where_touched('int_visits') }}

),

reviews as (

    select * from {{ ref('int_reviews') }}
    {{ where_touched('int_reviews', {'activity_date': 'int_reviews.review_date'}) }}

),

given_back as (

    select
        source_system,
        source_customer_id,
        coalesce(purchase_date, return_date) as activity_date,
        return_date as known_date,
        matched_amount as net_amount,
        -matched_amount as returned_amount,
        case when purchase_date is not null then -matched_amount end as matched_return_amount
    from return_matches

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

    select * from counted_orders
    {{ union_all_by_name() }}
    select * from undone_orders
    {{ union_all_by_name() }}
    select * from given_back
    {{ union_all_by_name() }}
    select * from explained_refunds
    {{ union_all_by_name() }}
    select {{ all_but(['owner', 'session_number']) }} from visits
    {{ union_all_by_name() }}
    select * from reviewed

),

added_up as (

    select
        source_system,
        source_customer_id,
        activity_date,
        known_date,
        cast(coalesce(sum(order_count), 0) as bigint) as order_count,
        cast(coalesce(sum(document_count), 0) as bigint) as document_count,
        cast(coalesce(sum(unvalued_order_count), 0) as bigint) as unvalued_order_count,
        cast(coalesce(sum(line_count), 0) as bigint) as line_count,
        cast(coalesce(sum(discounted_order_count), 0) as bigint) as discounted_order_count,
        cast(coalesce(sum(coupon_order_count), 0) as bigint) as coupon_order_count,
        cast(coalesce(sum(weekend_order_count), 0) as bigint) as weekend_order_count,
        cast(coalesce(sum(timed_order_count), 0) as bigint) as timed_order_count,
        cast(coalesce(sum(morning_order_count), 0) as bigint) as morning_order_count,
        cast(coalesce(sum(afternoon_order_count), 0) as bigint) as afternoon_order_count,
        cast(coalesce(sum(evening_order_count), 0) as bigint) as evening_order_count,
        cast(coalesce(sum(return_count), 0) as bigint) as return_count,
        cast(coalesce(sum(session_count), 0) as bigint) as session_count,
        cast(coalesce(sum(view_count), 0) as bigint) as view_count,
        cast(coalesce(sum(cart_count), 0) as bigint) as cart_count,
        cast(coalesce(sum(review_count), 0) as bigint) as review_count,
        cast(coalesce(sum(rating_count), 0) as bigint) as rating_count,
        cast(coalesce(sum(net_amount), 0) as decimal(18, 4)) as net_amount,
        cast(coalesce(sum(discount_amount), 0) as decimal(18, 4)) as discount_amount,
        cast(coalesce(sum(coupon_amount), 0) as decimal(18, 4)) as coupon_amount,
        cast(coalesce(sum(returned_amount), 0) as decimal(18, 4)) as returned_amount,
        cast(coalesce(sum(matched_return_amount), 0) as decimal(18, 4)) as matched_return_amount,
        cast(coalesce(sum(charges_amount), 0) as decimal(18, 4)) as charges_amount,
        coalesce(sum(rating_sum), 0) as rating_sum
    from unioned
    group by source_system, source_customer_id, activity_date, known_date

)

select * from added_up
