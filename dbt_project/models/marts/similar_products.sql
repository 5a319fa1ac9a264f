with

similar_ones as (

    select * from {{ source('ml', 'similar_products') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where is_current

),

products as (

    select * from {{ ref('recommendable_products') }}

),

described as (

    select
        similar_ones.shop,
        similar_ones.as_of_date,
        similar_ones.model_name,
        similar_ones.model_version,
        similar_ones.product_id,
        products.name as product_name,
        similar_ones.rank,
        similar_ones.similar_product_id,
        others.name as similar_product_name,
        similar_ones.similarity,
        others.is_for_discover as is_recommendable
    from similar_ones
    inner join as_of_dates
        on
            similar_ones.shop = as_of_dates.shop
            and similar_ones.as_of_date = as_of_dates.as_of_date
    left join products on similar_ones.product_id = products.product_id
    left join products as others on similar_ones.similar_product_id = others.product_id

)

select * from described
