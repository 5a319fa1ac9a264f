-- Logarithms, because amounts are skewed; medians, because what is looked for would move a mean.
with

order_totals as (

    select * from {{ ref('int_order_totals') }}
    where is_purchase and goods_amount > 0

),

source_systems as (

    select * from {{ ref('int_source_systems') }}

),

purchases as (

    select
        order_totals.source_system,
        order_totals.source_order_id,
        source_systems.shop,
        order_totals.goods_amount,
        ln(cast(order_totals.goods_amount as double)) as log_amount
    from order_totals
    inner join source_systems on order_totals.source_system = source_systems.source_system

),

centres as (

    select
        shop,
        count(*) as order_count,
        median(log_amount) as median_log_amount
    from purchases
    group by shop

),

spreads as (

    -- 1.4826 median absolute deviations are one standard deviation where amounts are log-normal.
    select
        purchases.shop,
        1.4826 * median(abs(purchases.log_amount - centres.median_log_amount)) as spread
    from purchases
    inner join centres on purchases.shop = centres.shop
    group by purchases.shop

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
    inner join centres on purchases.shop = centres.shop
    inner join spreads on purchases.shop = spreads.shop

),

judged as (

    select
        *,
        coalesce(abs(deviations) > {{ var('outlier_deviations') }}, false) as is_amount_outlier
    from measured

)

select * from judged
