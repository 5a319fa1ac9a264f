-- Think of the units a customer holds of a product as a stack: a purchase puts its units on top, a
-- return takes the highest ones off. Each movement covers the levels from lowest_level up to
-- highest_level.
with

order_lines as (

    select * from {{ ref('int_order_lines') }}
    where
        line_kind = 'product' and order_status is distinct from 'cancelled'
        {{ and_touched('int_order_lines') }}

),

returned_products as (

    select distinct
        source_system,
        source_customer_id,
        source_product_id
    from order_lines
    where quantity < 0

),

movements as (

    select
        order_lines.source_system,
        order_lines.source_customer_id,
        order_lines.source_product_id,
        order_lines.source_order_id,
        order_lines.line_number,
        order_lines.order_date,
        order_lines.quantity,
        order_lines.net_amount,
        row_number() over stack as position,
        sum(order_lines.quantity) over stack as stock_after
    from order_lines
    inner join returned_products
        on
            order_lines.source_system = returned_products.source_system
            and order_lines.source_customer_id = returned_products.source_customer_id
            and order_lines.source_product_id = returned_products.source_product_id
    window
        stack as (
            partition by
                order_lines.source_system,
                order_lines.source_customer_id,
                order_lines.source_product_id
            -- At the same moment a purchase comes before the return of it.
            order by
                order_lines.order_date,
                order_lines.ordered_at,
                order_lines.quantity desc,
                order_lines.source_order_id,
                order_lines.line_number
            rows between unbounded preceding and current row
        )

),

ranged as (

    select
        {{ all_but(['stock_after']) }},
        least(stock_after, stock_after - quantity) as lowest_level,
        greatest(stock_after, stock_after - quantity) as highest_level
    from movements

)

select * from ranged
