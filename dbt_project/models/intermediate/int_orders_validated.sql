{%- set key = ['source_order_id'] -%}

with

orders as {{ not_held() }} (

    select
        *,
        {{ content_hash() }} as content_hash
    from {{ ref('input_orders') }}
    {{ where_touched('input_orders') }}

),

currencies as (

    select * from {{ ref('currencies') }}

),

reporting_currencies as (

    select * from {{ ref('int_reporting_currencies') }}

),

exchange_rates as (

    select * from {{ ref('int_exchange_rates') }}

),

test_accounts as (

    select * from {{ ref('int_test_accounts') }}

),

placeholders as (

    select * from {{ ref('int_placeholder_customers') }}

),

order_statuses as (

    select * from {{ ref('order_statuses') }}

),

shared_orders as (

    select
        source_system,
        source_order_id
    from orders
    group by source_system, source_order_id
    having min(source_customer_id) <> max(source_customer_id)

),

looked_up as {{ not_held() }} (

    -- What a source system means by a word goes before what everybody means by it.
    select
        orders.{{ all_but(['status']) }},
        coalesce(
            own_statuses.status, order_statuses.status, nullif(trim(orders.status), '')
        ) as status,
        nullif(trim(orders.status), '') is not null
        and own_statuses.status is null
        and order_statuses.status is null as is_unknown_status,
        placeholders.source_customer_id is not null as is_placeholder,
        shared_orders.source_order_id is not null as has_other_customer,
        orders.currency is not null and currencies.currency_code is null as is_unknown_currency,
        orders.currency <> reporting_currencies.reporting_currency and exchange_rates.rate is null
            as has_no_rate,
        coalesce(orders.currency, reporting_currencies.reporting_currency) as delivered_currency,
        exchange_rates.rate as exchange_rate,
        reporting_currencies.reporting_decimals,
        test_accounts.source_customer_id is not null as is_test_account
    from orders
    left join currencies on orders.currency = currencies.currency_code
    left join reporting_currencies
        on orders.source_system = reporting_currencies.source_system
    left join exchange_rates
        on
            orders.currency = exchange_rates.from_currency
            and reporting_currencies.reporting_currency = exchange_rates.to_currency
            and orders.order_date >= exchange_rates.valid_from
            and orders.order_date < coalesce(exchange_rates.valid_to, date '9999-12-31')
    left join test_accounts
        on
            orders.source_system = test_accounts.source_system
            and orders.source_customer_id = test_accounts.source_customer_id
    left join placeholders
        on
            orders.source_system = placeholders.source_system
            and orders.source_customer_id = placeholders.source_customer_id
    left join order_statuses
        on
            order_statuses.source_system = '*'
            and {{ status_word('orders.status') }} = order_statuses.status_word
    left join order_statuses as own_statuses
        on
            orders.source_system = own_statuses.source_system
            and {{ status_word('orders.status') }} = own_statuses.status_word
    left join shared_orders
        on
            orders.source_system = shared_orders.source_system
            and orders.source_order_id = shared_orders.source_order_id

),

judged as {{ not_held() }} (

    select
        {{ all_but([
            'has_other_customer', 'is_unknown_currency', 'has_no_rate', 'is_test_account',
            'is_unknown_status', 'is_placeholder',
        ]) }},
        {{ broken_rule(key, rules=[
            ('rounded_key', is_rounded_number(['source_order_id', 'source_customer_id'])),
            ('missing_customer', 'source_customer_id is null'),
            ('masked_key', "source_customer_id like '%**%'"),
            ('placeholder_customer', 'is_placeholder'),
            ('missing_date', 'order_date is null'),
            ('future_date', is_after_load('order_date')),
            ('conflicting_customer', 'has_other_customer'),
            ('unknown_status', 'is_unknown_status'),
            ('unknown_currency', 'is_unknown_currency'),
            ('missing_exchange_rate', 'has_no_rate'),
            ('test_account', 'is_test_account'),
        ]) }} as broken_rule
    from looked_up

),

told_apart as (

    {{ told_apart('judged', key, latest=export_rank('origin_file', 'loaded_at', 'updated_at')) }}

)

select * from told_apart
