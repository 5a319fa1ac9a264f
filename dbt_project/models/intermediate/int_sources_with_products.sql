with

products as (

    select * from {{ ref('int_products') }}

),

found as (

    select distinct source_system from products

)

select * from found
