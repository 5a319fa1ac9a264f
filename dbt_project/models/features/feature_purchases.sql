{%- set sums = {
    'bigint': [
        'order_count', 'line_count', 'discounted_order_count', 'coupon_order_count',
        'weekend_order_count', 'timed_order_count', 'morning_order_count',
        'afternoon_order_count', 'evening_order_count', 'return_count',
    ],
    'decimal(18, 4)': ['net_amount', 'discount_amount', 'coupon_amount', 'returned_amount'],
} -%}

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

days_as_known as (

    -- A day as it was seen on as_of_date: returns that became known later are not in it. A day has
    -- a row for each account and each date on which something of it became known.
    select
        identities.customer_id,
        as_of_dates.as_of_date,
        {%- for type, columns in sums.items() %}
        {%- for column in columns %}
        customer_days.{{ column }},
        {%- endfor %}
        {%- endfor %}
        customer_days.activity_date
    from customer_days
    inner join identities
        on
            customer_days.source_system = identities.source_system
            and customer_days.source_customer_id = identities.source_customer_id
    inner join as_of_dates on customer_days.known_date < as_of_dates.as_of_date

),

order_days as (

    select
        customer_id,
        as_of_date,
        activity_date,
        cast(sum(net_amount) as decimal(18, 4)) as net_amount
    from days_as_known
    group by customer_id, as_of_date, activity_date
    having sum(order_count) > 0

),

spaced_days as (

    select
        *,
        activity_date - lag(activity_date) over (
            partition by customer_id, as_of_date order by activity_date
        ) as days_since_previous_order
    from order_days

),

rhythm as (

    select
        customer_id,
        as_of_date,
        count(*) as order_day_count,
        max(net_amount) as max_order_day_spend,
        as_of_date - min(activity_date) as days_since_first_order,
        as_of_date - max(activity_date) as days_since_last_order,
        avg(days_since_previous_order) as mean_days_between_orders,
        -- The textbook formula on whole numbers is exact, so that threads cannot change a digit.
        sqrt(
            (
                sum(days_since_previous_order * days_since_previous_order)
                - power(sum(days_since_previous_order), 2) / count(days_since_previous_order)
            ) / nullif(count(days_since_previous_order) - 1, 0)
        ) as stddev_days_between_orders
    from spaced_days
    group by customer_id, as_of_date

),

totals as (

    select
        customer_id,
        as_of_date,
        {%- for type, columns in sums.items() %}
        {%- for column in columns %}
        cast(sum({{ column }}) as {{ type }}) as {{ column }},
        {%- endfor %}
        {%- endfor %}
        {%- for measure, name in [('order_count', 'order_count'), ('net_amount', 'total_spend')] %}
        {%- for days in [30, 90] %}
        coalesce(
            sum({{ measure }}) filter (where activity_date >= as_of_date - {{ days }}), 0
        ) as {{ name }}_last_{{ days }}_days,
        {%- endfor %}
        coalesce(sum({{ measure }}) filter (
            where activity_date >= as_of_date - 180 and activity_date < as_of_date - 90
        ), 0) as {{ name }}_previous_90_days{{ ',' if not loop.last }}
        {%- endfor %}
    from days_as_known
    group by customer_id, as_of_date

),

described as (

    select
        totals.customer_id,
        totals.as_of_date,
        rhythm.days_since_first_order,
        rhythm.days_since_last_order,
        totals.order_count,
        coalesce(rhythm.order_day_count, 0) as order_day_count,
        rhythm.mean_days_between_orders,
        rhythm.stddev_days_between_orders,
        cast(totals.net_amount as decimal(18, 2)) as total_spend,
        totals.net_amount / nullif(totals.order_count, 0) as average_order_value,
        cast(rhythm.max_order_day_spend as decimal(18, 2)) as max_order_day_spend,
        cast(totals.order_count_last_30_days as bigint) as order_count_last_30_days,
        cast(totals.order_count_last_90_days as bigint) as order_count_last_90_days,
        cast(totals.order_count_previous_90_days as bigint) as order_count_previous_90_days,
        cast(totals.total_spend_last_30_days as decimal(18, 2)) as total_spend_last_30_days,
        cast(totals.total_spend_last_90_days as decimal(18, 2)) as total_spend_last_90_days,
        cast(totals.total_spend_previous_90_days as decimal(18, 2)) as total_spend_previous_90_days,
        totals.line_count,
        totals.line_count / nullif(totals.order_count, 0) as lines_per_order,
        cast(totals.discount_amount as decimal(18, 2)) as discount_amount,
        totals.discount_amount / nullif(
            greatest(totals.net_amount, 0) + totals.discount_amount, 0
        ) as discount_share,
        cast(totals.coupon_amount as decimal(18, 2)) as coupon_amount,
        totals.discounted_order_count / nullif(totals.order_count, 0) as discounted_order_share,
        totals.coupon_order_count / nullif(totals.order_count, 0) as coupon_order_share,
        cast(totals.returned_amount as decimal(18, 2)) as returned_amount,
        totals.return_count,
        totals.returned_amount / nullif(totals.net_amount + totals.returned_amount, 0)
            as return_share,
        totals.weekend_order_count / nullif(totals.order_count, 0) as weekend_order_share,
        totals.morning_order_count / nullif(totals.timed_order_count, 0) as morning_order_share,
        totals.afternoon_order_count / nullif(totals.timed_order_count, 0)
            as afternoon_order_share,
        totals.evening_order_count / nullif(totals.timed_order_count, 0) as evening_order_share,
        (
            totals.timed_order_count - totals.morning_order_count
            - totals.afternoon_order_count - totals.evening_order_count
        ) / nullif(totals.timed_order_count, 0) as night_order_share
    from totals
    left join rhythm
        on
            totals.customer_id = rhythm.customer_id
            and totals.as_of_date = rhythm.as_of_date

)

select * from described
