with

products as (

    select
        *,
        {{ content_hash() }} as content_hash
    from {{ ref('input_products') }}
    {{ where_touched('input_products') }}

),

judged as (

    select
        {{ all_but(['content_hash']) }},
        {{ reason_code(
            key=['source_product_id'],
            rules=[('negative_price', 'price < 0 or cost < 0')],
            latest='updated_at'
        ) }} as reason_code
    from products

)

select * from judged
