-- The catalogue of the shop; the app and the tills use its article numbers.
select
    format('SKU{:05d}', product_id) as sku,
    brand || ' ' || noun || if(variant > 1, ' No. ' || variant, '') as title,
    category_path as category,
    brand,
    price as list_price,
    cast(price * cost_share::decimal(4, 2) as decimal(10, 2)) as purchase_price,
    draw('in stock', product_id) < 0.95 as in_stock
from products
order by product_id
