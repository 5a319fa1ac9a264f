-- Logarithms, because amounts are skewed; medians, because what is looked for would move a mean.
with

purchases as (

    select
        source_system,
        source_order_id,
        goods_amount,
        ln(cast(goods_amount as double)) as log_amount
    from {{ ref('int_order_totals') }}
    where is_purchase and goods_amount > 0

),

centres as (

    select
        source_system,
        count(*) as order_count,
        median(log_amount) as median_log_amount
    from purchases
    group by source_system

),

spreads as (

    -- 1.4826 median absolute deviations are one standard deviation where amounts are log-normal.
    select
        purchases.source_system,
        1.4826 * median(abs(purchases.log_amount - centres.median_log_amount)) as spread
    from purchases
    inner join centres on purchases.source_system = centres.source_system
    group by purchases.source_system

),

measured as (

    -- Where more than half of the orders have one amount nothing can be said: the spread is zero.
    select
        purchases.source_system,
        purchases.source_order_id,
        purchases.goods_amount,
        case
            when centres.order_count >= {{ var('outlier_minimum_orders') }}
                then
                    (purchases.log_amount - centres.median_log_amount) / nullif(spreads.spread, 0)
        end as deviations
    from purchases
    inner join centres on purchases.source_system = centres.source_system
    inner join spreads on purchases.source_system = spreads.source_system

),

judged as (

    select
        *,
        coalesce(abs(deviations) > {{ var('outlier_deviations') }}, false) as is_amount_outlier
    from measured

)

select * from judged
