-- Which earlier purchase does a return give back? The latest one of the same product by the same
-- customer that is not given back yet.
--
-- On any one level of the stack (int_stock_movements) purchases and returns alternate, so the
-- movement before a return on its level is the purchase that it gives back; where there is none,
-- the purchase lies before the data begins. The stack is cut at every level where some movement
-- starts or ends, so that each slice is taken whole.
with

movements as (

    select * from {{ ref('int_stock_movements') }}
    {{ where_touched('int_stock_movements') }}

),

levels as (

    select
        source_system,
        source_customer_id,
        source_product_id,
        lowest_level as level
    from movements
    union
    select
        source_system,
        source_customer_id,
        source_product_id,
        highest_level
    from movements

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
        movements.*,
        slices.level,
        slices.slice_quantity
    from movements
    inner join slices
        on
            movements.source_system = slices.source_system
            and movements.source_customer_id = slices.source_customer_id
            and movements.source_product_id = slices.source_product_id
            and movements.lowest_level <= slices.level
            and movements.highest_level > slices.level

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
