{%- set key = ['source_coupon_id', 'source_customer_id', 'redeemed_at'] -%}

with

coupon_redemptions as (

    select
        *,
        {{ content_hash() }} as content_hash
    from {{ ref('input_coupon_redemptions') }}
    {{ where_touched('input_coupon_redemptions') }}

),

looked_up as (

    {{ with_refused_reason('coupon_redemptions') | indent }}

),

judged as (

    select
        {{ all_but(['refused_reason']) }},
        {{ broken_rule(key, rules=refused_customer_rules()) }} as broken_rule
    from looked_up

),

told_apart as (

    {{ told_apart('judged', key) }}

)

select * from told_apart
