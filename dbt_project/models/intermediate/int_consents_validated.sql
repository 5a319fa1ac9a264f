{%- set key = ['source_customer_id', 'purpose', 'changed_at'] -%}

with

consents as (

    select
        *,
        {{ content_hash() }} as content_hash
    from {{ ref('input_consents') }}
    {{ where_touched('input_consents') }}

),

looked_up as (

    {{ with_test_accounts('consents') | indent }}

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
