with

customer_features as (

    select * from {{ ref('customer_features') }}
    {{ where_touched('customer_features') }}

),

tagged as (

    select
        shop,
        customer_id,
        as_of_date,

        {{ banded('discount_affinity', 'discount_share') }} as discount_affinity,

        case
            when order_count > 0 then coalesce(coupon_amount, 0) > 0
                or coalesce(coupon_order_share, 0) > 0
                or coalesce(coupon_redemption_count, 0) > 0
        end as is_coupon_user,
        case
            when order_count > 0
                then coalesce(return_count, 0)
                    >= {{ tag_parameter('is_frequent_returner', 'min_returns') }}
                    and coalesce(return_share, 0)
                    >= {{ tag_parameter('is_frequent_returner', 'min_return_share') }}
        end as is_frequent_returner,

        discount_amount,
        discount_share,
        coupon_amount,
        coupon_order_share,
        coupon_redemption_count,
        cast(return_count as bigint) as return_count,
        return_share
    from customer_features

)

select * from tagged
