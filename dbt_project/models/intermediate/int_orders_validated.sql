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

repeated_keys as (

    {{ repeated_keys('orders', ['source_system'] + key) | indent }}

),

shared_orders as (

    select
        source_system,
        source_order_id
    from orders
    where
        {{ hash_of(['source_system'] + key) }} in (
            select repeated_keys.key_hash from repeated_keys
        )
    group by source_system, source_order_id
    having min(source_customer_id) <> max(source_customer_id)

),

recognised as {{ not_held() }} (

    {{ with_refused_reason('orders') | indent }}

),

looked_up as {{ not_held() }} (

    select
        recognised.{{ all_but(['status']) }},
        {{ meant_status('recognised', 'status') | indent(8) }} as status,
        {{ is_unknown_status('recognised', 'status') | indent(8) }} as is_unknown_status,
        shared_orders.source_order_id is not null as has_other_customer,
        recognised.currency is not null and currencies.currency_code is null
            as is_unknown_currency,
        recognised.currency <> reporting_currencies.reporting_currency
        and exchange_rates.rate is null as has_no_rate,
        coalesce(recognised.currency, reporting_currencies.reporting_currency)
            as delivered_currency,
        exchange_rates.rate as exchange_rate,
        reporting_currencies.reporting_decimals
    from recognised
    left join currencies on recognised.currency = currencies.currency_code
    left join reporting_currencies
        on recognised.source_system = reporting_currencies.source_system
    left join exchange_rates
        on
            recognised.currency = exchange_rates.from_currency
            and reporting_currencies.reporting_currency = exchange_rates.to_currency
            and recognised.order_date >= exchange_rates.valid_from
            and recognised.order_date < coalesce(exchange_rates.valid_to, date '9999-12-31')
    {{ join_statuses('recognised', 'status') | indent }}
    left join shared_orders
        on
            recognised.source_system = shared_orders.source_system
            and recognised.source_order_id = shared_orders.source_order_id

),

judged as {{ not_held() }} (

    select
        {{ all_but([
            'has_other_customer', 'is_unknown_currency', 'has_no_rate', 'is_unknown_status',
            'refused_reason',
        ]) }},
        {{ broken_rule(key, rules=refused_customer_rules(key) + [
            ('missing_customer', 'source_customer_id is null'),
            ('missing_date', 'order_date is null'),
            ('future_date', is_after_load('order_date')),
            ('conflicting_customer', 'has_other_customer'),
            ('unknown_status', 'is_unknown_status'),
            ('unknown_currency', 'is_unknown_currency'),
            ('missing_exchange_rate', 'has_no_rate'),
        ]) }} as broken_rule
    from looked_up

),

told_apart as (

    {{ told_apart('judged', key, latest=export_rank('origin_file', 'loaded_at', 'updated_at')) }}

)

select * from told_apart
