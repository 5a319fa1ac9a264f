with

web_shop_order_items as (

    select * from {{ source('raw_simulated', 'web_shop_order_items') }}

),

app_purchase_items as (

    select * from {{ source('raw_simulated', 'app_purchase_items') }}

),

till_receipt_lines as (

    select * from {{ source('raw_simulated', 'till_receipt_lines') }}

),

web_lines as (

    select
        'simulated' as source_system,
        order_no as source_order_id,
        cast(pos as integer) as line_number,
        sku as source_product_id,
        cast(qty as decimal(18, 4)) as quantity,
        cast(unit_price as decimal(18, 4)) as unit_price,
        cast(discount as decimal(18, 4)) as discount_amount,
        cast(0 as decimal(18, 4)) as coupon_amount,
        cast(line_total as decimal(18, 4)) as net_amount,
        _origin_file as origin_file,
        _origin_row as origin_row,
        _load_id as load_id
    from web_shop_order_items

),

app_lines as (

    select
        'simulated' as source_system,
        purchase_id as source_order_id,
        cast(item_no as integer) as line_number,
        sku as source_product_id,
        cast(units as decimal(18, 4)) as quantity,
        cast(price_cents * 0.01 as decimal(18, 4)) as unit_price,
        cast(discount_cents * 0.01 as decimal(18, 4)) as discount_amount,
        cast(0 as decimal(18, 4)) as coupon_amount,
        cast(paid_cents * 0.01 as decimal(18, 4)) as net_amount,
        _origin_file as origin_file,
        _origin_row as origin_row,
        _load_id as load_id
    from app_purchase_items

),

till_lines as (

    select
        'simulated' as source_system,
        receipt_no as source_order_id,
        cast(line_no as integer) as line_number,
        article as source_product_id,
        cast(pieces as decimal(18, 4)) as quantity,
        cast(shelf_price as decimal(18, 4)) as unit_price,
        cast(reduction as decimal(18, 4)) as discount_amount,
        cast(0 as decimal(18, 4)) as coupon_amount,
        cast(amount as decimal(18, 4)) as net_amount,
        _origin_file as origin_file,
        _origin_row as origin_row,
        _load_id as load_id
    from till_receipt_lines

),

unioned as (

    select * from web_lines
    {{ union_all_by_name() }}
    select * from app_lines
    {{ union_all_by_name() }}
    select * from till_lines

)

select * from unioned
