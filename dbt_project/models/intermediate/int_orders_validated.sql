with

orders as (

    select * from {{ ref('input_orders') }}

),

compared as (

    select
        *,
        min(source_customer_id) over same_key <> max(source_customer_id) over same_key
            as has_other_customer
    from orders
    window same_key as (partition by source_system, source_order_id)

),

judged as (

    select
        {{ all_but(['has_other_customer']) }},
        {{ reason_code(key=['source_order_id'], rules=[
            ('missing_customer', 'source_customer_id is null'),
            ('missing_date', 'order_date is null'),
            ('conflicting_customer', 'has_other_customer'),
        ]) }} as reason_code
    from compared

)

select * from judged
