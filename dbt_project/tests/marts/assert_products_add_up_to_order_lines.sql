-- A row is a shop whose products come to other units or money than their lines.
with

lines as (

    select
        shop,
        sum(case when quantity > 0 then quantity else 0 end - returned_quantity) as quantity,
        sum(case when quantity > 0 then net_amount else 0 end - returned_amount) as total_spend
    from {{ ref('order_lines') }}
    where line_kind = 'product'
    group by shop

),

products as (

    select
        shop,
        sum(quantity) as quantity,
        sum(total_spend) as total_spend
    from {{ ref('products') }}
    group by shop

),

compared as (

    select lines.shop
    from lines
    left join products on lines.shop = products.shop
    where
        lines.quantity is distinct from products.quantity
        or lines.total_spend is distinct from products.total_spend

)

select * from compared
