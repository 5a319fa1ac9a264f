with

transactions as (

    select * from {{ ref('base_cdnow__transactions') }}

),

renamed as (

    select
        'cdnow' as source_system,
        origin_file || '#' || origin_row as source_order_id,
        1 as line_number,
        'CD' as source_product_id,
        quantity,
        cast(net_amount / nullif(quantity, 0) as decimal(18, 4)) as unit_price,
        cast(0 as decimal(18, 4)) as discount_amount,
        cast(0 as decimal(18, 4)) as coupon_amount,
        net_amount,
        unparsed_values,
        origin_file,
        origin_row,
        load_id
    from transactions

)

select * from renamed
