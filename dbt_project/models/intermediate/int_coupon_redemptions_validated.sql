with

coupon_redemptions as (

    select * from {{ ref('input_coupon_redemptions') }}

),

judged as (

    select
        *,
        {{ reason_code(
            key=['source_coupon_id', 'source_customer_id', 'redeemed_at']
        ) }} as reason_code
    from coupon_redemptions

)

select * from judged
