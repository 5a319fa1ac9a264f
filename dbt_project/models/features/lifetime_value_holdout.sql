-- The last past day of a shop that has a whole hold-out after it. What followed is what was known
-- at its end, what went before is what was known on the day itself.
with

customer_days as (

    select * from {{ ref('int_customer_days') }}

),

identities as (

    select * from {{ ref('int_identities') }}

),

features as (

    select * from {{ ref('customer_features') }}
    where order_day_count > 0

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

cutoffs as (

    select
        past.shop,
        max(past.as_of_date) as as_of_date
    from as_of_dates as past
    inner join as_of_dates as today
        on
            past.shop = today.shop
            and today.is_current
            and past.as_of_date + {{ var('holdout_days') }} <= today.as_of_date
    group by past.shop

),

customers as (

    select features.*
    from features
    inner join cutoffs
        on features.shop = cutoffs.shop and features.as_of_date = cutoffs.as_of_date

),

days_around as (

    select
        customers.customer_id,
        customer_days.activity_date,
        customer_days.activity_date >= customers.as_of_date as is_after,
        sum(customer_days.order_count) as order_count,
        sum(customer_days.net_amount) as net_amount
    from customers
    inner join identities
        on
            customers.shop = identities.shop
            and customers.customer_id = identities.customer_id
            and {{ is_person_as_of('identities', 'customers.as_of_date') }}
    inner join customer_days
        on
            identities.source_system = customer_days.source_system
            and identities.source_customer_id = customer_days.source_customer_id
            and customer_days.activity_date >= customers.as_of_date - {{ var('holdout_days') }}
            -- The first day of orders is no repetition of anything.
            and customers.as_of_date - customer_days.activity_date
            < customers.days_since_first_order
            and customer_days.known_date < customers.as_of_date + case
                when customer_days.activity_date >= customers.as_of_date
                    then {{ var('holdout_days') }}
                else 0
            end
    group by all
    having sum(customer_days.order_count) > 0

),

around as (

    select
        customer_id,
        count(*) filter (where is_after) as holdout_purchases,
        sum(net_amount) filter (where is_after) as holdout_value,
        count(*) filter (where not is_after) as previous_purchases,
        sum(net_amount) filter (where not is_after) as previous_value
    from days_around
    group by customer_id

),

told as (

    select
        customers.shop,
        customers.customer_id,
        customers.as_of_date,
        customers.order_day_count,
        customers.total_spend,
        customers.days_since_first_order,
        customers.days_since_last_order,
        customers.mean_days_between_orders,
        customers.stddev_days_between_orders,
        {{ var('holdout_days') }} as horizon_days,
        coalesce(around.holdout_purchases, 0) as holdout_purchases,
        cast(coalesce(around.holdout_value, 0) as decimal(18, 4)) as holdout_value,
        coalesce(around.previous_purchases, 0) as previous_purchases,
        cast(coalesce(around.previous_value, 0) as decimal(18, 4)) as previous_value
    from customers
    left join around on customers.customer_id = around.customer_id

)

select * from told
