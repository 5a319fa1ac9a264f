-- Which earlier purchase does a return give back? The latest one of the same product by the same
-- customer that is not given back yet.
--
-- Think of the units a customer holds of a product as a stack: a purchase puts its units on the
-- levels from stock_before to stock_after, a return takes the highest levels off. On any one level
-- purchases and returns therefore alternate, so the movement before a return on its level is the
-- purchase that it gives back; where there is none, the purchase lies before the data begins. The
-- stack is cut at every level where some movement starts or ends, so that each slice is taken
-- whole.
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

ranges as (

    select
        *,
        stock_after - quantity as stock_before,
        least(stock_after, stock_after - quantity) as lowest_level,
        greatest(stock_after, stock_after - quantity) as highest_level
    from movements

),

levels as (

    select
        source_system,
        source_customer_id,
        source_product_id,
        lowest_level as level
    from ranges
    union
    select
        source_system,
        source_customer_id,
        source_product_id,
        highest_level
    from ranges

),

slices as (

    select
        *,
        lead(level) over (
            partition by source_system, source_customer_id, source_product_id order by level
        ) - level as slice_quantity
    from levels

),

crossings as (

    select
        ranges.*,
        slices.level,
        slices.slice_quantity
    from ranges
    inner join slices
        on
            ranges.source_system = slices.source_system
            and ranges.source_customer_id = slices.source_customer_id
            and ranges.source_product_id = slices.source_product_id
            and ranges.lowest_level <= slices.level
            and ranges.highest_level > slices.level

),

paired as (

    select
        *,
        lag(source_order_id) over same_level as purchase_order_id,
        lag(line_number) over same_level as purchase_line_number,
        lag(order_date) over same_level as purchase_date
    from crossings
    window
        same_level as (
            partition by source_system, source_customer_id, source_product_id, level
            order by position
        )

),

matched as (

    select
        source_system,
        source_customer_id,
        source_product_id,
        source_order_id as return_order_id,
        line_number as return_line_number,
        order_date as return_date,
        purchase_order_id,
        purchase_line_number,
        purchase_date,
        -quantity as return_quantity,
        net_amount as return_amount,
        sum(slice_quantity) as matched_quantity
    from paired
    where quantity < 0
    group by all

),

running as (

    select
        *,
        sum(matched_quantity) over (
            partition by source_system, return_order_id, return_line_number
            order by
                purchase_date desc nulls last, purchase_order_id desc, purchase_line_number desc
            rows between unbounded preceding and current row
        ) as running_quantity
    from matched

),

valued as (

    -- Rounding the running share, not each share, keeps the parts' sum exactly the line's amount.
    select
        {{ all_but(['return_quantity', 'return_amount', 'running_quantity']) }},
        round(return_amount * (running_quantity / return_quantity), 4)
        - round(
            return_amount * ((running_quantity - matched_quantity) / return_quantity), 4
        ) as rounded_amount
    from running

),

finished as (

    select
        {{ all_but(['rounded_amount']) }},
        cast(rounded_amount as decimal(18, 4)) as matched_amount
    from valued

)

select * from finished
