-- The catalogue: prices are log-normal around the category's median and end in .90; each product
-- has a quality that its reviews follow. Products of a category take its brands in turn.
create or replace table products as
with numbered as (
    select
        categories.*,
        string_split(brands, '|') as brand_list,
        string_split(nouns, '|') as noun_list,
        unnest(range(product_count)) as place
    from categories
)
select
    category_id * 1000 + place as product_id,
    category_id,
    department || ' > ' || category as category_path,
    brand_list[1 + place % len(brand_list)] as brand,
    noun_list[1 + (place // len(brand_list)) % len(noun_list)] as noun,
    1 + place // (len(brand_list) * len(noun_list)) as variant,
    cast(
        greatest(round(price_median * exp(price_spread * normal('price', category_id, place))), 2)
        - 0.1 as decimal(10, 2)
    ) as price,
    cost_share,
    0.5 * normal('quality', category_id, place) as quality
from numbered
order by product_id;
