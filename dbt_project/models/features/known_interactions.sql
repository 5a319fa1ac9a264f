with

activity as (

    select * from {{ ref('int_product_activity') }}

),

customer_keys as (

    select * from {{ ref('current_customer_keys') }}
    {{ where_touched('current_customer_keys') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where is_current

),

known as (

    select
        customer_keys.shop,
        customer_keys.customer_id,
        customer_keys.source_system || ':' || activity.source_product_id as product_id,
        activity.behaviour,
        activity.activity_date,
        activity.part_of_day,
        cast(sum(activity.weight) as double) as weight
    from activity
    inner join customer_keys
        on
            activity.source_system = customer_keys.source_system
            and activity.source_customer_id = customer_keys.source_customer_id
    inner join as_of_dates
        on
            customer_keys.shop = as_of_dates.shop
            and activity.activity_date < as_of_dates.as_of_date
            and (
                activity.given_back_date is null
                or activity.given_back_date >= as_of_dates.as_of_date
            )
    group by
        customer_keys.shop,
        customer_keys.customer_id,
        product_id,
        activity.behaviour,
        activity.activity_date,
        activity.part_of_day

)

select * from known
