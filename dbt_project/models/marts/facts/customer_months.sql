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
        is_value_unknown,
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
        false as is_value_unknown,
        cast(null as decimal(18, 4)) as net_amount,
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
        count(order_number) as order_count,
        count(*) filter (where is_value_unknown) as unvalued_order_count,
        {{ sum_of_known('net_amount') }} as net_amount,
        sum(returned_amount) as returned_amount,
        activity_month
    from unioned
    group by shop, customer_id, as_of_date, currency, activity_month

),

finished as (

    select
        shop,
        customer_id,
        as_of_date,
        currency,
        cast(order_count as bigint) as order_count,
        cast(unvalued_order_count as bigint) as unvalued_order_count,
        cast(net_amount as decimal(18, 4)) as net_amount,
        cast(returned_amount as decimal(18, 4)) as returned_amount,
        cast({{ known_spend('net_amount', 'returned_amount') }} as decimal(18, 4)) as total_spend,
        activity_month
    from added_up

)

select * from finished
