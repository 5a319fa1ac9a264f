{%- set key = ['source_coupon_id', 'source_customer_id', 'redeemed_at'] -%}

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
        *,
        {{ broken_rule(key) }} as broken_rule
    from coupon_redemptions

),

told_apart as (

    {{ told_apart('judged', key) }}

)

select * from told_apart
