with

consents as (

    select * from {{ ref('input_consents') }}

),

judged as (

    select
        *,
        {{ reason_code(key=['source_customer_id', 'purpose', 'changed_at']) }} as reason_code
    from consents

)

select * from judged
