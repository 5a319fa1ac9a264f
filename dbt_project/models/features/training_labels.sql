-- What happened in a horizon after a cutoff, as it is known at the end of that horizon: an order
-- that was given back within it does not count. Only horizons that lie wholly before the current
-- as_of_date have labels.
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

horizons as (

    select cast(unnest([{{ label_horizons() | join(', ') }}]) as integer) as horizon_days

),

complete_cutoffs as (

    select
        cutoffs.shop,
        cutoffs.as_of_date,
        horizons.horizon_days
    from as_of_dates as cutoffs
    inner join as_of_dates as today
        on cutoffs.shop = today.shop and today.is_current
    inner join horizons
        on cutoffs.as_of_date + horizons.horizon_days <= today.as_of_date
    {{ where_touched('cutoffs') }}

),

days_in_horizon as (

    select
        identities.customer_id,
        complete_cutoffs.as_of_date,
        complete_cutoffs.horizon_days,
        customer_days.activity_date,
        sum(customer_days.order_count) as order_count,
        sum(customer_days.unvalued_order_count) as unvalued_order_count,
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
            < complete_cutoffs.as_of_date + complete_cutoffs.horizon_days
    group by all

),

outcomes as (

    select
        customer_id,
        as_of_date,
        horizon_days,
        sum(order_count) as order_count,
        count(*) filter (where order_count > 0) as order_day_count,
        min(activity_date) filter (where order_count > 0) - as_of_date as days_until_order,
        sum(order_count) > 0 and sum(unvalued_order_count) >= sum(order_count) as is_spend_unknown,
        sum(net_amount) as spend
    from days_in_horizon
    group by customer_id, as_of_date, horizon_days

),

redemptions as (

    select
        identities.customer_id,
        complete_cutoffs.as_of_date,
        complete_cutoffs.horizon_days,
        count(*) as coupon_redemption_count
    from {{ ref('int_coupon_redemptions') }} as redeemed
    inner join identities
        on
            redeemed.source_system = identities.source_system
            and redeemed.source_customer_id = identities.source_customer_id
    inner join complete_cutoffs
        on
            identities.shop = complete_cutoffs.shop
            and {{ is_person_as_of('identities', 'complete_cutoffs.as_of_date') }}
            and redeemed.redemption_date >= complete_cutoffs.as_of_date
            and redeemed.redemption_date
            < complete_cutoffs.as_of_date + complete_cutoffs.horizon_days
    group by identities.customer_id, complete_cutoffs.as_of_date, complete_cutoffs.horizon_days

),

labelled as (

    select
        customers.shop,
        customers.customer_id,
        customers.as_of_date,
        complete_cutoffs.horizon_days,
        cast(coalesce(outcomes.order_count, 0) as bigint) as order_count,
        coalesce(outcomes.order_day_count, 0) as order_day_count,
        outcomes.days_until_order,
        case
            when not coalesce(outcomes.is_spend_unknown, false)
                then cast(coalesce(outcomes.spend, 0) as decimal(18, 4))
        end as spend,
        coalesce(redemptions.coupon_redemption_count, 0) as coupon_redemption_count
    from customers
    inner join complete_cutoffs
        on
            customers.shop = complete_cutoffs.shop
            and customers.as_of_date = complete_cutoffs.as_of_date
    left join outcomes
        on
            customers.customer_id = outcomes.customer_id
            and customers.as_of_date = outcomes.as_of_date
            and complete_cutoffs.horizon_days = outcomes.horizon_days
    left join redemptions
        on
            customers.customer_id = redemptions.customer_id
            and customers.as_of_date = redemptions.as_of_date
            and complete_cutoffs.horizon_days = redemptions.horizon_days

)

select * from labelled
