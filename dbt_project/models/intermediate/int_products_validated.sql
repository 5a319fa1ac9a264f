with

products as (

    select * from {{ ref('input_products') }}

),

judged as (

    select
        *,
        {{ reason_code(key=['source_product_id'], latest='updated_at') }} as reason_code
    from products

)

select * from judged
