with

customer_features as (

    select * from {{ ref('customer_features') }}
    {{ where_touched('customer_features') }}

),

measured as (

    select
        *,
        case
            when mean_days_between_orders > 0
                and order_day_count >= {{ tag_parameter('buying_rhythm', 'min_order_days') }}
                then stddev_days_between_orders / mean_days_between_orders
        end as gap_variation
    from customer_features

),

tagged as (

    select
        shop,
        customer_id,
        as_of_date,

        case
            when gap_variation >= {{ tag_parameter('buying_rhythm', 'irregular_from') }}
                then 'irregular'
            when gap_variation is not null
                then {{ banded('buying_rhythm', 'mean_days_between_orders') }}
        end as buying_rhythm,
        -- More than half leaves room for one part of the day only.
        case
            when order_count < {{ tag_parameter('preferred_day_part', 'min_orders') }}
                or morning_order_share is null then null
            when morning_order_share > {{ tag_parameter('preferred_day_part', 'more_than') }}
                then 'morning'
            when afternoon_order_share > {{ tag_parameter('preferred_day_part', 'more_than') }}
                then 'afternoon'
            when evening_order_share > {{ tag_parameter('preferred_day_part', 'more_than') }}
                then 'evening'
            when night_order_share > {{ tag_parameter('preferred_day_part', 'more_than') }}
                then 'night'
            else 'mixed'
        end as preferred_day_part,

        case
            when order_day_count >= {{ tag_parameter('is_regular_buyer', 'min_order_days') }}
                then gap_variation <= {{ tag_parameter('is_regular_buyer', 'max_gap_variation') }}
        end as is_regular_buyer,
        case
            when order_count >= {{ tag_parameter('is_weekend_shopper', 'min_orders') }}
                then weekend_order_share > {{ tag_parameter('is_weekend_shopper', 'more_than') }}
        end as is_weekend_shopper,

        cast(order_count as bigint) as order_count,
        order_day_count,
        mean_days_between_orders,
        cast(gap_variation as double) as gap_variation,
        morning_order_share,
        afternoon_order_share,
        evening_order_share,
        night_order_share,
        weekend_order_share
    from measured

)

select * from tagged
