-- Few gaps say little of a customer and many say all, so the customer's are averaged with some more
-- of the shop's usual length. That is told by customers with many gaps: with one or two, a gap is
-- as long as the history lets it be.
{%- set known_gaps = var('rhythm_gaps') %}

with

rhythms as (

    select
        shop,
        customer_id,
        as_of_date,
        days_since_last_order,
        mean_days_between_orders,
        order_day_count - 1 as gap_count
    from {{ ref('feature_rhythm') }}
    {{ where_touched('feature_rhythm') }}

),

usual as (

    select
        shop,
        as_of_date,
        coalesce(
            median(case when gap_count >= {{ known_gaps }} then mean_days_between_orders end),
            median(mean_days_between_orders)
        ) as usual_days_between_orders
    from rhythms
    group by shop, as_of_date

),

expected as (

    select
        rhythms.shop,
        rhythms.customer_id,
        rhythms.as_of_date,
        rhythms.days_since_last_order,
        greatest(
            coalesce(
                (
                    rhythms.gap_count * coalesce(rhythms.mean_days_between_orders, 0)
                    + {{ known_gaps }} * usual.usual_days_between_orders
                ) / (rhythms.gap_count + {{ known_gaps }}),
                0
            ),
            {{ var('least_days_between_orders') }}
        ) as expected_days_between_orders
    from rhythms
    inner join usual
        on rhythms.shop = usual.shop and rhythms.as_of_date = usual.as_of_date

),

measured as (

    select
        shop,
        customer_id,
        as_of_date,
        cast(expected_days_between_orders as double) as expected_days_between_orders,
        cast(days_since_last_order / expected_days_between_orders as double) as silence_ratio
    from expected

)

select * from measured
