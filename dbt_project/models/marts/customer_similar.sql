with

similar_ones as (

    select * from {{ source('ml', 'customer_similar') }}

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
        similar_ones.customer_id,
        similar_ones.as_of_date,
        similar_ones.model_name,
        similar_ones.model_version,
        similar_ones.rank,
        similar_ones.similar_customer_id,
        similar_ones.similarity,
        similar_ones.shared_product_count,
        similar_ones.shared_product_id,
        products.name as shared_product_name
    from similar_ones
    inner join as_of_dates
        on
            similar_ones.shop = as_of_dates.shop
            and similar_ones.as_of_date = as_of_dates.as_of_date
    left join products on similar_ones.shared_product_id = products.product_id

)

select * from described
