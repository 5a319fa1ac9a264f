-- A row is a shop whose cohorts hold other customers, orders or money than its orders that stand.
with

orders as (

    select
        shop,
        count(distinct customer_id) as customer_count,
        count(*) as order_count,
        count(*) filter (where is_value_unknown) as unvalued_order_count,
        {{ known_spend('sum(net_amount)', 'sum(returned_amount)') }} as total_spend
    from {{ ref('orders') }}
    where order_number is not null
    group by shop

),

cohorts as (

    select
        shop,
        sum(customer_count) filter (where months_since_first_order = 0) as customer_count,
        sum(order_count) as order_count,
        sum(unvalued_order_count) as unvalued_order_count,
        sum(total_spend) as total_spend
    from {{ ref('customer_cohorts') }}
    group by shop

),

compared as (

    select coalesce(orders.shop, cohorts.shop) as shop
    from orders
    full outer join cohorts on orders.shop = cohorts.shop
    where
        orders.customer_count is distinct from cohorts.customer_count
        or orders.order_count is distinct from cohorts.order_count
        or orders.unvalued_order_count is distinct from cohorts.unvalued_order_count
        or coalesce(orders.total_spend, 0) is distinct from coalesce(cohorts.total_spend, 0)

)

select * from compared
