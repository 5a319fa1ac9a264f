with

members as (

    select * from {{ ref('customer_profiles') }}
    where segment_id is not null

),

currencies as (

    select * from {{ ref('currencies') }}

),

overall as (

    select
        shop,
        median(mean_days_between_orders) as median_days_between_orders
    from members
    group by shop

),

measured as (

    select
        shop,
        segment_id,
        as_of_date,
        currency,
        segment_model_name,
        segment_model_version,
        segment_name,
        segment_name_zh,
        count(*) as customer_count,
        count(mean_days_between_orders) as repeat_customer_count,
        sum(total_spend) as total_spend,
        median(total_spend) as median_total_spend,
        median(order_count) as median_order_count,
        median(average_order_value) as median_average_order_value,
        median(days_since_last_order) as median_days_since_last_order,
        median(mean_days_between_orders) as median_days_between_orders,
        median(discount_share) as median_discount_share,
        -- Decimals add up to the same sum in whatever order threads add them; doubles do not.
        avg(cast(repurchase_probability as decimal(18, 9))) as mean_repurchase_probability
    from members
    group by
        shop, segment_id, as_of_date, currency, segment_model_name, segment_model_version,
        segment_name, segment_name_zh

),

compared as (

    select
        measured.*,
        coalesce(currencies.minor_unit, 2) as reporting_decimals,
        measured.customer_count
        / sum(measured.customer_count) over (partition by measured.shop) as customer_share,
        measured.total_spend
        / nullif(sum(measured.total_spend) over (partition by measured.shop), 0) as spend_share,
        -- Where most have ordered once, their few fellows say little of them. The names are given
        -- by the same rule (ml/segment_naming.py); a test compares the two.
        case
            when measured.repeat_customer_count * 2 >= measured.customer_count
                then measured.median_days_between_orders
            else overall.median_days_between_orders
        end as gap_days
    from measured
    inner join overall on measured.shop = overall.shop
    left join currencies on measured.currency = currencies.currency_code

),

gauged as (

    select
        *,
        -- Less than a day comes from several orders on one day and says nothing about silence.
        case when gap_days < 1 then 1 else gap_days end as usual_gap_days
    from compared

),

selected as (

    select
        shop,
        segment_id,
        as_of_date,
        currency,
        segment_model_name as model_name,
        segment_model_version as model_version,

        segment_name,
        segment_name_zh,

        cast(reporting_decimals as integer) as reporting_decimals,
        customer_count,
        cast(customer_share as double) as customer_share,
        cast(total_spend as decimal(18, 4)) as total_spend,
        cast(spend_share as double) as spend_share,
        {{ in_minor_units('median_total_spend', 'reporting_decimals') }}
            as median_total_spend,
        cast(median_order_count as double) as median_order_count,
        {{ in_minor_units('median_average_order_value', 'reporting_decimals') }}
            as median_average_order_value,
        cast(median_days_since_last_order as double) as median_days_since_last_order,
        cast(median_days_between_orders as double) as median_days_between_orders,
        cast(usual_gap_days as double) as usual_gap_days,
        cast(median_days_since_last_order / usual_gap_days as double) as silence_in_gaps,
        cast(median_discount_share as double) as median_discount_share,
        mean_repurchase_probability
    from gauged

)

select * from selected
