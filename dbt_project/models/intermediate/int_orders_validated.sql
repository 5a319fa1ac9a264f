with

orders as (

    select
        *,
        {{ content_hash() }} as content_hash
    from {{ ref('input_orders') }}
    {{ where_touched('input_orders') }}

),

currencies as (

    select * from {{ ref('currencies') }}

),

test_accounts as (

    select * from {{ ref('int_test_accounts') }}

),

compared as (

    select
        orders.*,
        min(orders.source_customer_id) over same_key <> max(orders.source_customer_id) over same_key
            as has_other_customer,
        orders.currency is not null and currencies.currency_code is null as is_unknown_currency,
        test_accounts.source_customer_id is not null as is_test_account
    from orders
    left join currencies on orders.currency = currencies.currency_code
    left join test_accounts
        on
            orders.source_system = test_accounts.source_system
            and orders.source_customer_id = test_accounts.source_customer_id
    window same_key as (partition by orders.source_system, orders.source_order_id)

),

judged as (

    select
        {{ all_but([
            'content_hash', 'has_other_customer', 'is_unknown_currency', 'is_test_account',
        ]) }},
        {{ reason_code(key=['source_order_id'], rules=[
            ('missing_customer', 'source_customer_id is null'),
            ('missing_date', 'order_date is null'),
            ('future_date', is_after_load('order_date')),
            ('conflicting_customer', 'has_other_customer'),
            ('unknown_currency', 'is_unknown_currency'),
            ('test_account', 'is_test_account'),
        ]) }} as reason_code
    from compared

)

select * from judged
