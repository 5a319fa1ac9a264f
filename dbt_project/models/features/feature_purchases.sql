with

customer_days as (

    select * from {{ ref('int_customer_days') }}

),

identities as (

    select * from {{ ref('int_identities') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    {{ where_touched('as_of_dates') }}

),

rhythm as (

    select * from {{ ref('feature_rhythm') }}
    {{ where_touched('feature_rhythm') }}

),

days_as_known as (

    -- A day as it was seen on as_of_date: returns that became known later are not in it. A day has
    -- a row for each account and each date on which something of it became known.
    select
        identities.shop,
        identities.customer_id,
        as_of_dates.as_of_date,
        as_of_dates.as_of_date - customer_days.activity_date as days_ago,
        customer_days.*
    from customer_days
    inner join identities
        on customer_days.source_system = identities.source_system
        and customer_days.source_customer_id = identities.source_customer_id
    inner join as_of_dates
        on identities.shop = as_of_dates.shop
        and customer_days.known_date < as_of_dates.as_of_date
        and {{ is_person_as_of('identities', 'as_of_dates.as_of_date') }}

),

totals as (

    select
        shop,
        customer_id,
        as_of_date,
        cast(sum(order_count) as bigint) as order_count,
        cast(sum(document_count) as bigint) as document_count,
        cast(coalesce(sum(unvalued_order_count), 0) as bigint) as unvalued_order_count,
        -- Where no order's value is known the spend is not 0 but unknown.
        sum(order_count) > 0 and sum(unvalued_order_count) >= sum(order_count) as is_spend_unknown,
        cast(sum(line_count) as bigint) as line_count,
        cast(sum(return_count) as bigint) as return_count,
        sum(discounted_order_count) as discounted_order_count,
        sum(coupon_order_count) as coupon_order_count,
        sum(weekend_order_count) as weekend_order_count,
        sum(timed_order_count) as timed_order_count,
        sum(morning_order_count) as morning_order_count,
        sum(afternoon_order_count) as afternoon_order_count,
        sum(evening_order_count) as evening_order_count,
        sum(
            timed_order_count - morning_order_count - afternoon_order_count - evening_order_count
        ) as night_order_count,
        sum(net_amount) as net_amount,
        sum(discount_amount) as discount_amount,
        greatest(sum(net_amount), 0) + sum(discount_amount) as list_amount,
        sum(coupon_amount) as coupon_amount,
        sum(returned_amount) as returned_amount,
        sum(matched_return_amount) as matched_return_amount,
        sum(net_amount) + sum(returned_amount) as bought_amount,
        coalesce(sum(order_count) filter (where days_ago <= 30), 0) as order_count_last_30_days,
        coalesce(sum(order_count) filter (where days_ago <= 90), 0) as order_count_last_90_days,
        coalesce(sum(order_count) filter (where days_ago between 91 and 180), 0)
            as order_count_previous_90_days,
        coalesce(sum(net_amount) filter (where days_ago <= 30), 0) as total_spend_last_30_days,
        coalesce(sum(net_amount) filter (where days_ago <= 90), 0) as total_spend_last_90_days,
        coalesce(sum(net_amount) filter (where days_ago between 91 and 180), 0)
            as total_spend_previous_90_days
    from days_as_known
    group by shop, customer_id, as_of_date

),

described as (

    select
        totals.shop,
        totals.customer_id,
        totals.as_of_date,
        rhythm.days_since_first_order,
        rhythm.days_since_last_order,
        totals.document_count,
        totals.order_count,
        totals.unvalued_order_count,
        coalesce(rhythm.order_day_count, 0) as order_day_count,
        rhythm.mean_days_between_orders,
        rhythm.stddev_days_between_orders,
        {%- for amount, name in {
            'totals.net_amount': 'total_spend',
            'rhythm.max_order_day_spend': 'max_order_day_spend',
            'totals.total_spend_last_30_days': 'total_spend_last_30_days',
            'totals.total_spend_last_90_days': 'total_spend_last_90_days',
            'totals.total_spend_previous_90_days': 'total_spend_previous_90_days',
        }.items() %}
        case when not coalesce(totals.is_spend_unknown, false)
            then cast({{ amount }} as decimal(18, 4)) end as {{ name }},
        {%- endfor %}
        totals.net_amount / nullif(totals.order_count - totals.unvalued_order_count, 0)
            as average_order_value,
        cast(totals.order_count_last_30_days as bigint) as order_count_last_30_days,
        cast(totals.order_count_last_90_days as bigint) as order_count_last_90_days,
        cast(totals.order_count_previous_90_days as bigint) as order_count_previous_90_days,
        totals.line_count,
        nullif(totals.line_count, 0)
        / nullif(totals.order_count - totals.unvalued_order_count, 0) as lines_per_order,
        cast(totals.discount_amount as decimal(18, 4)) as discount_amount,
        totals.discount_amount / nullif(totals.list_amount, 0) as discount_share,
        cast(totals.coupon_amount as decimal(18, 4)) as coupon_amount,
        totals.discounted_order_count / nullif(totals.order_count, 0) as discounted_order_share,
        totals.coupon_order_count / nullif(totals.order_count, 0) as coupon_order_share,
        cast(totals.returned_amount as decimal(18, 4)) as returned_amount,
        totals.return_count,
        -- More may be given back than was paid, where a discount was taken off the whole order.
        case
            when totals.bought_amount > 0 then
                least(greatest(totals.matched_return_amount, 0) / totals.bought_amount, 1)
        end as return_share,
        totals.weekend_order_count / nullif(totals.order_count, 0) as weekend_order_share,
        totals.morning_order_count / nullif(totals.timed_order_count, 0) as morning_order_share,
        totals.afternoon_order_count / nullif(totals.timed_order_count, 0) as afternoon_order_share,
        totals.evening_order_count / nullif(totals.timed_order_count, 0) as evening_order_share,
        totals.night_order_count / nullif(totals.timed_order_count, 0) as night_order_share
    from totals
    left join rhythm
        on totals.customer_id = rhythm.customer_id and totals.as_of_date = rhythm.as_of_date

)

select * from described
