with

orders as (

    select * from {{ ref('orders') }}

),

returns as (

    select * from {{ ref('returns') }}

),

ordered as (

    select
        shop,
        customer_id,
        as_of_date,
        currency,
        cast(date_trunc('month', order_date) as date) as activity_month,
        order_number,
        net_amount,
        refunded_amount as returned_amount
    from orders
    where is_purchase or net_amount <> 0

),

given_back as (

    select
        shop,
        customer_id,
        as_of_date,
        currency,
        cast(date_trunc('month', return_date) as date) as activity_month,
        cast(null as bigint) as order_number,
        0 as net_amount,
        returned_amount
    from returns

),

unioned as (

    select * from ordered
    union all
    select * from given_back

),

added_up as (

    select
        shop,
        customer_id,
        as_of_date,
        currency,
        cast(count(order_number) as bigint) as order_count,
        cast(sum(net_amount) as decimal(18, 4)) as net_amount,
        cast(sum(returned_amount) as decimal(18, 4)) as returned_amount,
        cast(sum(net_amount) - sum(returned_amount) as decimal(18, 4)) as total_spend,
        activity_month
    from unioned
    group by shop, customer_id, as_of_date, currency, activity_month

)

select * from added_up
