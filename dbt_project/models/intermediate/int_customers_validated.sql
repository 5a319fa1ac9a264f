{%- set key = ['source_customer_id'] -%}

with

customers as (

    select
        *,
        {{ content_hash() }} as content_hash
    from {{ ref('input_customers') }}
    {{ where_touched('input_customers') }}

),

test_accounts as (

    select * from {{ ref('int_test_accounts') }}

),

placeholders as (

    select * from {{ ref('int_placeholder_customers') }}

),

source_systems as (

    select * from {{ ref('int_source_systems') }}

),

last_days as (

    select * from {{ ref('int_last_order_day') }}

),

looked_up as (

    select
        customers.*,
        last_days.last_data_date,
        extract(year from last_days.last_data_date) - extract(year from customers.birth_date)
            as age_years,
        test_accounts.source_customer_id is not null as is_test_account,
        placeholders.source_customer_id is not null as is_placeholder
    from customers
    left join source_systems on customers.source_system = source_systems.source_system
    left join last_days on source_systems.shop = last_days.shop
    left join test_accounts
        on
            customers.source_system = test_accounts.source_system
            and customers.source_customer_id = test_accounts.source_customer_id
    left join placeholders
        on
            customers.source_system = placeholders.source_system
            and customers.source_customer_id = placeholders.source_customer_id

),

judged as (

    select
        {{ all_but(['last_data_date', 'age_years', 'is_test_account', 'is_placeholder']) }},
        {{ broken_rule(key, rules=[
            ('rounded_key', is_rounded_number(key)),
            ('masked_key', "source_customer_id like '%**%'"),
            ('placeholder_customer', 'is_placeholder'),
            (
                'impossible_birth_date',
                'birth_date > last_data_date or age_years > ' ~ var('maximum_age_years')
            ),
            ('test_account', 'is_test_account'),
        ]) }} as broken_rule
    from looked_up

),

told_apart as (

    {{ told_apart('judged', key, latest='coalesce(updated_at, registered_at)') }}

)

select * from told_apart
