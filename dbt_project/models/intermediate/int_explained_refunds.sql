-- A refund that an order states without a day counts on the order's own day. Lines that give the
-- same goods back later say it again: so much of them is told already, and is taken back on their
-- day.
{{ config(materialized='view') }}

with

refunded_orders as (

    select
        source_system,
        source_order_id,
        refunded_amount
    from {{ ref('int_order_totals') }}
    where refunded_amount > 0

),

return_matches as (

    select * from {{ ref('int_return_matches') }}
    where purchase_order_id is not null

),

added_up as (

    select
        return_matches.source_system,
        return_matches.source_customer_id,
        return_matches.purchase_order_id as source_order_id,
        return_matches.purchase_date as activity_date,
        return_matches.return_date as known_date,
        refunded_orders.refunded_amount,
        -sum(return_matches.matched_amount) as listed_amount
    from return_matches
    inner join refunded_orders
        on
            return_matches.source_system = refunded_orders.source_system
            and return_matches.purchase_order_id = refunded_orders.source_order_id
    group by all

),

running as (

    select
        *,
        sum(listed_amount) over by_day as known_amount,
        row_number() over by_day = 1 as is_first
    from added_up
    window by_day as (partition by source_system, source_order_id order by known_date)

),

explained as (

    select
        source_system,
        source_customer_id,
        source_order_id,
        activity_date,
        known_date,
        is_first,
        least(refunded_amount, known_amount)
        - least(refunded_amount, known_amount - listed_amount) as explained_amount
    from running

),

taken_back as (

    select
        {{ all_but(['explained_amount', 'is_first']) }},
        -- The first document with these lines is the refund that the order told.
        -cast(is_first as integer) as return_count,
        explained_amount as net_amount,
        -explained_amount as returned_amount,
        -explained_amount as matched_return_amount
    from explained

)

select * from taken_back
