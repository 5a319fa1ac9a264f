{%- set key = ['source_coupon_id', 'source_customer_id', 'redeemed_at'] -%}

with

coupon_redemptions as (

    select
        *,
        {{ content_hash() }} as content_hash
    from {{ ref('input_coupon_redemptions') }}
    {{ where_touched('input_coupon_redemptions') }}

),

test_accounts as (

    select * from {{ ref('int_test_accounts') }}

),

looked_up as (

    select
        coupon_redemptions.*,
        test_accounts.source_customer_id is not null as is_test_account
    from coupon_redemptions
    left join test_accounts
        on
            coupon_redemptions.source_system = test_accounts.source_system
            and coupon_redemptions.source_customer_id = test_accounts.source_customer_id

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
