-- A product stands on at most one line of a basket, so its rank among the basket's products is a
-- line number that does not depend on the order in which rows arrive.
with

transactions as (

    select * from {{ source('raw_completejourney', 'transactions') }}

),

renamed as (

    select
        'completejourney' as source_system,
        cast(basket_id as varchar) as source_order_id,
        cast(
            row_number() over (
                partition by basket_id order by product_id, _origin_file, _origin_row
            ) as integer
        ) as line_number,
        cast(product_id as varchar) as source_product_id,
        cast(quantity as decimal(18, 4)) as quantity,
        cast(
            (sales_value + retail_disc + coupon_match_disc) / nullif(quantity, 0) as decimal(18, 4)
        ) as unit_price,
        cast(retail_disc + coupon_match_disc as decimal(18, 4)) as discount_amount,
        cast(coupon_disc as decimal(18, 4)) as coupon_amount,
        cast(sales_value as decimal(18, 4)) as net_amount,
        _origin_file as origin_file,
        _origin_row as origin_row,
        _load_id as load_id
    from transactions

)

select * from renamed
