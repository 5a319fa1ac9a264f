-- Lines have no number of their own: they are counted in the order of their content, so that the
-- number does not depend on which file arrived first. Equal lines are a product scanned twice.
with

invoice_lines as (

    select * from {{ ref('base_online_retail__invoice_lines') }}

),

renamed as (

    select
        'online_retail' as source_system,
        invoice_number as source_order_id,
        cast(
            row_number() over (
                partition by invoice_number
                order by stock_code, quantity, unit_price, description, origin_file, origin_row
            ) as integer
        ) as line_number,
        stock_code as source_product_id,
        quantity,
        unit_price,
        cast(0 as decimal(18, 4)) as discount_amount,
        cast(0 as decimal(18, 4)) as coupon_amount,
        cast(quantity * unit_price as decimal(18, 4)) as net_amount,
        unparsed_values,
        origin_file,
        origin_row,
        load_id
    from invoice_lines

)

select * from renamed
