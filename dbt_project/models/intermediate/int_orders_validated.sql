with

orders as (

    select * from {{ ref('input_orders') }}

),

judged as (

    select
        *,
        {{ reason_code(key=['source_order_id'], rules=[
            ('missing_customer', 'source_customer_id is null'),
            ('missing_date', 'order_date is null'),
            ('conflicting_customer', 'min(source_customer_id) over same_key <> max(source_customer_id) over same_key'),
        ]) }} as reason_code
    from orders
    window same_key as (partition by source_system, source_order_id)

)

select * from judged
