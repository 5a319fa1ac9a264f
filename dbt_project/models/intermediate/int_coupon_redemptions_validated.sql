with

coupon_redemptions as (

    select
        *,
        {{ content_hash() }} as content_hash
    from {{ ref('input_coupon_redemptions') }}
    {{ where_touched('input_coupon_redemptions') }}

),

judged as (

    select
        {{ all_but(['content_hash']) }},
        {{ reason_code(
            key=['source_coupon_id', 'source_customer_id', 'redeemed_at']
        ) }} as reason_code
    from coupon_redemptions

)

select * from judged
