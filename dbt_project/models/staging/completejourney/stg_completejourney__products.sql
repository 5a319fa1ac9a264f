with

products as (

    select * from {{ source('raw_completejourney', 'products') }}

),

renamed as (

    select
        'completejourney' as source_system,
        cast(product_id as varchar) as source_product_id,
        nullif(concat_ws(', ', product_type, package_size), '') as name,
        -- What has no category, fuel above all, is filed under a bin: its type tells more.
        nullif(
            concat_ws(
                ' > ',
                department,
                coalesce(nullif(product_category, 'COUPON/MISC ITEMS'), product_type)
            ),
            ''
        ) as category_path,
        brand,
        _origin_file as origin_file,
        _origin_row as origin_row,
        _load_id as load_id
    from products

)

select * from renamed
