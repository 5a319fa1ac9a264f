with

orders as (

    select distinct
        source_system,
        source_customer_id
    from {{ ref('input_orders') }}

),

patterns as (

    select * from {{ ref('placeholder_customers') }}

),

matched as (

    -- One is enough; of several the first is told.
    select
        orders.source_system,
        orders.source_customer_id,
        min(patterns.pattern) as matched_pattern
    from orders
    inner join patterns on lower(trim(orders.source_customer_id)) like patterns.pattern
    group by orders.source_system, orders.source_customer_id

)

select * from matched
