-- A row is a shop whose products come to other units or money than their lines.
with

lines as (

    select
        shop,
        sum(case when quantity > 0 then quantity else 0 end - returned_quantity) as quantity,
        sum(case when quantity > 0 then net_amount else 0 end - returned_amount) as spend_amount
    from {{ ref('order_lines') }}
    where line_kind = 'product'
    group by shop

),

products as (

    select
        shop,
        sum(quantity) as quantity,
        sum(spend_amount) as spend_amount
    from {{ ref('products') }}
    group by shop

),

compared as (

    select lines.shop
    from lines
    left join products on lines.shop = products.shop
    where
        lines.quantity is distinct from products.quantity
        or lines.spend_amount is distinct from products.spend_amount

)

select * from compared
