with

customer_features as (

    select * from {{ ref('customer_features') }}
    {{ where_touched('customer_features') }}

),

silences as (

    select * from {{ ref('feature_silence') }}
    {{ where_touched('feature_silence') }}

),

measured as (

    select
        customer_features.*,
        customer_features.days_since_first_order
        <= {{ tag_parameter('is_new_customer', 'max_days') }} as is_new_customer,
        silences.expected_days_between_orders,
        silences.silence_ratio
    from customer_features
    left join silences
        on customer_features.customer_id = silences.customer_id
        and customer_features.as_of_date = silences.as_of_date

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
        expected_days_between_orders,
        silence_ratio
    from measured

)

select * from tagged
