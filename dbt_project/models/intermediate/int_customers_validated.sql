with

customers as (

    select * from {{ ref('input_customers') }}

),

judged as (

    select
        *,
        {{ reason_code(
            key=['source_customer_id'],
            latest='coalesce(updated_at, registered_at)'
        ) }} as reason_code
    from customers

)

select * from judged
