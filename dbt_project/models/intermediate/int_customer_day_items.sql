-- The same two dates as in int_customer_days: a return lowers the day of the purchase from the day
-- of the return on.
with

order_lines as (

    select * from {{ ref('int_order_lines') }}
    where line_kind = 'product' and quantity > 0

),

orders as (

    select * from {{ ref('int_orders') }}
    where status <> 'cancelled'

),

return_matches as (

    select * from {{ ref('int_return_matches') }}

),

bought as (

    select
        orders.source_system,
        orders.source_customer_id,
        order_lines.source_product_id,
        orders.order_date as activity_date,
        orders.order_date as known_date,
        order_lines.net_amount
    from order_lines
    inner join orders
        on
            order_lines.source_system = orders.source_system
            and order_lines.source_order_id = orders.source_order_id

),

given_back as (

    select
        source_system,
        source_customer_id,
        source_product_id,
        purchase_date as activity_date,
        return_date as known_date,
        matched_amount as net_amount
    from return_matches
    where purchase_date is not null

),

unioned as (

    select * from bought
    union all
    select * from given_back

),

added_up as (

    select
        source_system,
        source_customer_id,
        source_product_id,
        activity_date,
        known_date,
        sum(net_amount) as net_amount
    from unioned
    group by source_system, source_customer_id, source_product_id, activity_date, known_date

)

select * from added_up
