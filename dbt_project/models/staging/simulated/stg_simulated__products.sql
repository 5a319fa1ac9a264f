with

web_shop_products as (

    select * from {{ source('raw_simulated', 'web_shop_products') }}

),

renamed as (

    select
        'simulated' as source_system,
        sku as source_product_id,
        title as name,
        category as category_path,
        brand,
        cast(list_price as decimal(18, 4)) as price,
        cast(purchase_price as decimal(18, 4)) as cost,
        in_stock as is_in_stock,
        _origin_file as origin_file,
        _origin_row as origin_row,
        _load_id as load_id
    from web_shop_products

)

select * from renamed
