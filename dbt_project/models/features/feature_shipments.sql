with

orders as (

    select * from {{ ref('int_orders') }}
    where coalesce(shipping_country, shipping_region, shipping_city) is not null

),

identities as (

    select * from {{ ref('int_identities') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    {{ where_near_touched('as_of_dates') }}

),

days as (

    select
        identities.shop,
        identities.customer_id,
        identities.known_from,
        identities.known_until,
        orders.order_date,
        {{ first_known_by('orders.shipping_country', 'orders.source_order_id') }} as country,
        {{ first_known_by('orders.shipping_region', 'orders.source_order_id') }} as region,
        {{ first_known_by('orders.shipping_city', 'orders.source_order_id') }} as city
    from orders
    inner join identities
        on
            orders.source_system = identities.source_system
            and orders.source_customer_id = identities.source_customer_id
    group by
        identities.shop, identities.customer_id, identities.known_from, identities.known_until,
        orders.order_date

),

days_as_known as (

    select
        days.*,
        as_of_dates.as_of_date,
        as_of_dates.as_of_date - days.order_date as days_ago
    from days
    inner join as_of_dates
        on days.shop = as_of_dates.shop and days.order_date < as_of_dates.as_of_date
        and {{ is_person_as_of('days', 'as_of_dates.as_of_date') }}
    {{ where_touched('', {
        'shop': 'days.shop', 'customer_id': 'days.customer_id',
        'as_of_date': 'as_of_dates.as_of_date',
    }) }}

),

latest as (

    select
        shop,
        customer_id,
        as_of_date,
        {{ first_known_by('country', 'days_ago') }} as country,
        {{ first_known_by('region', 'days_ago') }} as region,
        {{ first_known_by('city', 'days_ago') }} as city
    from days_as_known
    group by shop, customer_id, as_of_date

)

select * from latest
