with

orders as (

    select
        *,
        cast(date_trunc('month', order_date) as date) as activity_month
    from {{ ref('orders') }}
    where order_number is not null

),

firsts as (

    select
        customer_id,
        activity_month as cohort_month
    from orders
    where order_number = 1

),

active as (

    select
        orders.shop,
        firsts.cohort_month,
        orders.activity_month,
        count(distinct orders.customer_id) as active_customer_count,
        count(*) as order_count,
        count(*) filter (where orders.is_value_unknown) as unvalued_order_count,
        {{ known_spend('sum(orders.net_amount)', 'sum(orders.returned_amount)') }} as total_spend
    from orders
    inner join firsts on orders.customer_id = firsts.customer_id
    group by orders.shop, firsts.cohort_month, orders.activity_month

),

months as (

    select distinct
        shop,
        as_of_date,
        currency,
        activity_month
    from orders

),

cohorts as (

    select
        shop,
        cohort_month,
        active_customer_count as customer_count
    from active
    where cohort_month = activity_month

),

followed as (

    select
        cohorts.shop,
        months.as_of_date,
        months.currency,
        {{ add_months('months.activity_month', 1) }} <= months.as_of_date as is_month_over,
        (
            extract(year from months.activity_month) - extract(year from cohorts.cohort_month)
        ) * 12
        + extract(month from months.activity_month)
        - extract(month from cohorts.cohort_month) as months_since_first_order,
        cohorts.customer_count,
        coalesce(active.active_customer_count, 0) as active_customer_count,
        coalesce(active.order_count, 0) as order_count,
        coalesce(active.unvalued_order_count, 0) as unvalued_order_count,
        -- Nobody came, nothing was spent; what nobody knows the value of is not nothing.
        case when active.order_count is null then 0 else active.total_spend end as total_spend,
        cohorts.cohort_month,
        months.activity_month
    from cohorts
    inner join months
        on cohorts.shop = months.shop and cohorts.cohort_month <= months.activity_month
    left join active
        on
            cohorts.shop = active.shop
            and cohorts.cohort_month = active.cohort_month
            and months.activity_month = active.activity_month

),

described as (

    select
        shop,
        as_of_date,
        currency,
        is_month_over,
        cast(months_since_first_order as integer) as months_since_first_order,
        cast(customer_count as bigint) as customer_count,
        cast(active_customer_count as bigint) as active_customer_count,
        case when is_month_over then cast(active_customer_count / customer_count as double) end
            as retention_rate,
        cast(order_count as bigint) as order_count,
        cast(unvalued_order_count as bigint) as unvalued_order_count,
        cast(total_spend as decimal(18, 4)) as total_spend,
        cohort_month,
        activity_month
    from followed

)

select * from described
