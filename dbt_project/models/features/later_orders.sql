-- An order counts as it is known when the horizon ends: one that was given back by then is none.
with

customer_days as (

    select * from {{ ref('int_customer_days') }}
    where order_count <> 0

),

identities as (

    select * from {{ ref('int_identities') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

horizons as (
    {% for days in var('outcome_horizon_days') %}
    select {{ days }} as horizon_days
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

closed as (

    select
        past.shop,
        past.as_of_date,
        horizons.horizon_days
    from as_of_dates as past
    inner join as_of_dates as today on past.shop = today.shop and today.is_current
    inner join horizons on past.as_of_date + horizons.horizon_days <= today.as_of_date
    {{ where_touched('past') }}

),

order_days as (

    select
        closed.shop,
        identities.customer_id,
        closed.as_of_date,
        closed.horizon_days,
        customer_days.activity_date
    from customer_days
    inner join identities
        on
            customer_days.source_system = identities.source_system
            and customer_days.source_customer_id = identities.source_customer_id
    inner join closed
        on
            identities.shop = closed.shop
            and {{ is_person_as_of('identities', 'closed.as_of_date') }}
            and customer_days.activity_date >= closed.as_of_date
            and customer_days.known_date < closed.as_of_date + closed.horizon_days
    group by all
    having sum(customer_days.order_count) > 0

),

counted as (

    select
        shop,
        customer_id,
        as_of_date,
        horizon_days,
        count(*) as order_day_count
    from order_days
    group by shop, customer_id, as_of_date, horizon_days

)

select * from counted
