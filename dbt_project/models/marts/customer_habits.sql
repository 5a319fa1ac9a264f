{#- So many days with orders make a habit. -#}
{%- set least_days = 3 %}

with

persons as (

    {{ persons_today() | indent }}

),

purchases as (

    select
        persons.shop,
        persons.customer_id,
        persons.as_of_date,
        order_totals.order_date,
        order_totals.order_hour
    from {{ ref('int_order_totals') }} as order_totals
    inner join persons
        on
            order_totals.source_system = persons.source_system
            and order_totals.source_customer_id = persons.source_customer_id
    where
        order_totals.is_purchase
        and order_totals.order_date < persons.as_of_date
        and coalesce(order_totals.fully_returned_date >= persons.as_of_date, true)

),

counted as (

    select
        shop,
        customer_id,
        as_of_date,
        'weekday' as habit,
        {{ iso_weekday('order_date') }} as value_number,
        count(distinct order_date) as day_count
    from purchases
    group by shop, customer_id, as_of_date, {{ iso_weekday('order_date') }}
    union all
    select
        shop,
        customer_id,
        as_of_date,
        'hour' as habit,
        order_hour as value_number,
        count(distinct order_date) as day_count
    from purchases
    where order_hour is not null
    group by shop, customer_id, as_of_date, order_hour

),

compared as (

    select
        *,
        sum(day_count) over habits as all_day_count,
        max(day_count) over habits as most_day_count
    from counted
    window habits as (partition by shop, customer_id, habit)

),

usual as (

    -- Of two that are equally usual neither is.
    select
        shop,
        customer_id,
        as_of_date,
        habit,
        cast(min(value_number) as integer) as value_number
    from compared
    where day_count = most_day_count and all_day_count >= {{ least_days }}
    group by shop, customer_id, as_of_date, habit
    having count(*) = 1

)

select * from usual
