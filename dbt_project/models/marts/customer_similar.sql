with

similar_ones as (

    select * from {{ source('ml', 'customer_similar') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where is_current

),

customers as (

    select * from {{ ref('feature_customers') }}
    where is_current

),

products as (

    select * from {{ ref('recommendable_products') }}

),

there as (

    -- Lists of the days before stay: since then somebody in them may have joined another customer.
    select
        similar_ones.{{ all_but(['rank']) }},
        cast(
            row_number() over (
                partition by similar_ones.shop, similar_ones.customer_id order by similar_ones.rank
            )
            as integer
        ) as rank
    from similar_ones
    inner join customers
        on
            similar_ones.shop = customers.shop
            and similar_ones.similar_customer_id = customers.customer_id

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
    from there as similar_ones
    inner join as_of_dates
        on
            similar_ones.shop = as_of_dates.shop
            and similar_ones.as_of_date = as_of_dates.as_of_date
    left join products on similar_ones.shared_product_id = products.product_id

)

select * from described
