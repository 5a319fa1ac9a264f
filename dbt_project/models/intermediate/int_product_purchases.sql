-- An order of a day stands at its place among the customer's of that day, so that baskets keep
-- their order where the source tells times, and follow each other by id where it does not.
with

order_lines as (

    select * from {{ ref('int_order_lines') }}
    where
        line_kind = 'product'
        and quantity > 0
        and order_status is distinct from 'cancelled'
        and source_product_id is not null
        {{ and_touched('int_order_lines') }}

),

return_matches as (

    select * from {{ ref('int_return_matches') }}
    where
        purchase_order_id is not null
        {{ and_touched('int_return_matches', {'order_date': 'int_return_matches.purchase_date'}) }}

),

bought as (

    select
        source_system,
        source_customer_id,
        source_order_id,
        source_product_id,
        order_date,
        ordered_at,
        sum(quantity) as quantity
    from order_lines
    group by all

),

given_back as (

    select
        source_system,
        purchase_order_id as source_order_id,
        source_product_id,
        sum(matched_quantity) as quantity,
        max(return_date) as last_return_date
    from return_matches
    group by all

),

placed as (

    select
        *,
        dense_rank() over day_of_customer - 1 as orders_before
    from bought
    window
        day_of_customer as (
            partition by source_system, source_customer_id, order_date
            order by ordered_at nulls first, source_order_id
        )

),

told as (

    select
        placed.source_system,
        placed.source_customer_id,
        placed.source_order_id,
        placed.source_product_id,
        placed.order_date,
        placed.orders_before,
        case when given_back.quantity >= placed.quantity then given_back.last_return_date end
            as given_back_date
    from placed
    left join given_back
        on
            placed.source_system = given_back.source_system
            and placed.source_order_id = given_back.source_order_id
            and placed.source_product_id = given_back.source_product_id

)

select * from told
