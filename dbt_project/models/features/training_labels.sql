-- What happened in the horizon after a cutoff, as it is known at the end of that horizon: an order
-- that was given back within it does not count. Only cutoffs whose horizon lies wholly before the
-- current as_of_date have labels.
with

customer_days as (

    select * from {{ ref('int_customer_days') }}

),

identities as (

    select * from {{ ref('int_identities') }}

),

customers as (

    select * from {{ ref('feature_customers') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

complete_cutoffs as (

    select
        cutoffs.shop,
        cutoffs.as_of_date
    from as_of_dates as cutoffs
    inner join as_of_dates as today
        on
            cutoffs.shop = today.shop
            and today.is_current
            and cutoffs.as_of_date + {{ var('horizon_days')['repurchase'] }} <= today.as_of_date
    {{ where_touched('cutoffs') }}

),

orders_in_horizon as (

    select
        identities.customer_id,
        complete_cutoffs.as_of_date,
        customer_days.activity_date,
        sum(customer_days.order_count) as order_count,
        sum(customer_days.net_amount) as net_amount
    from customer_days
    inner join identities
        on
            customer_days.source_system = identities.source_system
            and customer_days.source_customer_id = identities.source_customer_id
    inner join complete_cutoffs
        on
            identities.shop = complete_cutoffs.shop
            and {{ is_person_as_of('identities', 'complete_cutoffs.as_of_date') }}
            and customer_days.activity_date >= complete_cutoffs.as_of_date
            and customer_days.known_date
            < complete_cutoffs.as_of_date + {{ var('horizon_days')['repurchase'] }}
    group by all

),

outcomes as (

    select
        customer_id,
        as_of_date,
        bool_or(order_count > 0) as has_ordered,
        sum(net_amount) as spend
    from orders_in_horizon
    group by customer_id, as_of_date

),

labelled as (

    select
        customers.shop,
        customers.customer_id,
        customers.as_of_date,
        coalesce(outcomes.has_ordered, false) as has_ordered,
        cast(coalesce(outcomes.spend, 0) as decimal(18, 4)) as spend
    from customers
    inner join complete_cutoffs
        on
            customers.shop = complete_cutoffs.shop
            and customers.as_of_date = complete_cutoffs.as_of_date
    left join outcomes
        on
            customers.customer_id = outcomes.customer_id
            and customers.as_of_date = outcomes.as_of_date

)

select * from labelled
