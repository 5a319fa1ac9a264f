{%- set key = ['source_campaign_id', 'source_customer_id', 'contacted_at'] -%}

with

campaign_contacts as (

    select
        *,
        {{ content_hash() }} as content_hash
    from {{ ref('input_campaign_contacts') }}
    {{ where_touched('input_campaign_contacts') }}

),

test_accounts as (

    select * from {{ ref('int_test_accounts') }}

),

looked_up as (

    select
        campaign_contacts.*,
        test_accounts.source_customer_id is not null as is_test_account
    from campaign_contacts
    left join test_accounts
        on
            campaign_contacts.source_system = test_accounts.source_system
            and campaign_contacts.source_customer_id = test_accounts.source_customer_id

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
