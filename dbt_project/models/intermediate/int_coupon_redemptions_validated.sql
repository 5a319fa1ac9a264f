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

    {{ with_test_accounts('coupon_redemptions') | indent }}

),

judged as (

    select
        {{ all_but(['is_test_account']) }},
        {{ broken_rule(key, rules=[
            ('test_account', 'is_test_account'),
        ]) }} as broken_rule
    from looked_up

),

told_apart as (

    {{ told_apart('judged', key) }}

)

select * from told_apart
