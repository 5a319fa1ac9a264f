with

customer_features as (

    select * from {{ ref('customer_features') }}
    {{ where_touched('customer_features') }}

),

known_rhythms as (

    -- Fewer order days make fewer than two gaps: too few to call them a rhythm.
    select
        *,
        case
            when order_day_count >= {{ tag_parameter('lifecycle_stage', 'min_order_days') }}
                then mean_days_between_orders
        end as own_days_between_orders
    from customer_features

),

usual_rhythms as (

    select
        shop,
        as_of_date,
        median(own_days_between_orders) as usual_days_between_orders
    from known_rhythms
    group by shop, as_of_date

),

expected as (

    select
        known_rhythms.*,
        case
            when known_rhythms.days_since_last_order is not null then greatest(
                coalesce(
                    known_rhythms.own_days_between_orders,
                    usual_rhythms.usual_days_between_orders,
                    0
                ),
                {{ tag_parameter('lifecycle_stage', 'floor_days') }}
            )
        end as expected_days_between_orders
    from known_rhythms
    left join usual_rhythms
        on known_rhythms.shop = usual_rhythms.shop
        and known_rhythms.as_of_date = usual_rhythms.as_of_date

),

measured as (

    select
        *,
        days_since_first_order <= {{ tag_parameter('is_new_customer', 'max_days') }}
            as is_new_customer,
        days_since_last_order / expected_days_between_orders as silence_ratio
    from expected

),

tagged as (

    select
        shop,
        customer_id,
        as_of_date,

        case
            when order_count = 0 and document_count = 0 then 'prospect'
            when order_count = 0 then 'empty_handed'
            when is_new_customer then 'new'
            else {{ banded('lifecycle_stage', 'silence_ratio') }}
        end as lifecycle_stage,
        {{ banded('tenure_band', 'days_since_first_order') }} as tenure_band,

        is_new_customer,
        coalesce(order_day_count, 0) = 1 as is_one_time_buyer,

        cast(order_count as bigint) as order_count,
        order_day_count,
        days_since_first_order,
        days_since_last_order,
        cast(expected_days_between_orders as double) as expected_days_between_orders,
        cast(silence_ratio as double) as silence_ratio
    from measured

)

select * from tagged
