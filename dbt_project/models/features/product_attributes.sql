-- What is listed counts as it is now: no source says what it was. Prices are compared within a
-- source system and category, so that no two currencies are.
{{ config(materialized='view') }}

with

products as (

    select * from {{ ref('recommendable_products') }}

),

priced as (

    select
        *,
        ntile(5) over (
            partition by shop, split_part(product_id, ':', 1), category order by price, product_id
        ) as price_fifth
    from products
    where price is not null

),

told as (

    select
        shop,
        product_id,
        'category' as attribute,
        category as value
    from products
    where category is not null
    union all
    select
        shop,
        product_id,
        'brand' as attribute,
        brand as value
    from products
    where brand is not null
    union all
    select
        shop,
        product_id,
        'price' as attribute,
        split_part(product_id, ':', 1) || ' ' || coalesce(category, '') || ' ' || price_fifth
            as value
    from priced

)

select * from told
