-- The hold-out begins with a week, so the first week may begin before the first order.
with

customer_days as (

    select * from {{ ref('int_customer_days') }}

),

identities as (

    select * from {{ ref('int_identities') }}

),

holdout as (

    select * from {{ ref('lifetime_value_holdout') }}

),

repeat_days as (

    select
        holdout.shop,
        holdout.customer_id,
        customer_days.activity_date,
        customer_days.activity_date - holdout.as_of_date as days_after
    from holdout
    inner join identities
        on
            holdout.shop = identities.shop
            and holdout.customer_id = identities.customer_id
            and {{ is_person_as_of('identities', 'holdout.as_of_date') }}
    inner join customer_days
        on
            identities.source_system = customer_days.source_system
            and identities.source_customer_id = customer_days.source_customer_id
            -- The first day of orders is no repetition of anything.
            and holdout.as_of_date - customer_days.activity_date < holdout.days_since_first_order
            and customer_days.known_date < holdout.as_of_date + case
                when customer_days.activity_date >= holdout.as_of_date then holdout.horizon_days
                else 0
            end
    group by all
    having sum(customer_days.order_count) > 0

),

bought as (

    select
        shop,
        cast(floor(days_after / 7.0) as integer) as weeks_after,
        count(*) as repeat_order_days
    from repeat_days
    group by all

),

spans as (

    select
        shop,
        as_of_date,
        -cast(ceil(max(days_since_first_order) / 7.0) as integer) as first_week,
        cast(floor(min(horizon_days) / 7.0) as integer) as weeks_of_holdout
    from holdout
    group by shop, as_of_date

),

weeks as (

    select
        shop,
        as_of_date,
        first_week,
        cast(unnest(range(first_week, weeks_of_holdout)) as integer) as weeks_after
    from spans

),

told as (

    select
        weeks.shop,
        weeks.weeks_after - weeks.first_week + 1 as week,
        weeks.as_of_date + 7 * (weeks.weeks_after + 1) as ends_on,
        weeks.weeks_after >= 0 as is_holdout,
        coalesce(bought.repeat_order_days, 0) as repeat_order_days
    from weeks
    left join bought on weeks.shop = bought.shop and weeks.weeks_after = bought.weeks_after

)

select * from told
