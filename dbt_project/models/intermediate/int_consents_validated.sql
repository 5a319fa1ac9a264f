{%- set key = ['source_customer_id', 'purpose', 'changed_at'] -%}

with

consents as (

    select
        *,
        {{ content_hash() }} as content_hash
    from {{ ref('input_consents') }}
    {{ where_touched('input_consents') }}

),

test_accounts as (

    select * from {{ ref('int_test_accounts') }}

),

looked_up as (

    select
        consents.*,
        test_accounts.source_customer_id is not null as is_test_account
    from consents
    left join test_accounts
        on
            consents.source_system = test_accounts.source_system
            and consents.source_customer_id = test_accounts.source_customer_id

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
