-- A person without any dated trace (a bare master record) has always been known.
with

identities as (

    select * from {{ ref('int_identities') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    {{ where_touched('as_of_dates') }}

),

people as (

    select
        shop,
        customer_id,
        known_from,
        known_until,
        case when count(first_known_date) = count(*) then min(first_known_date) end
            as first_known_date
    from identities
    group by shop, customer_id, known_from, known_until

),

known as (

    select
        people.shop,
        people.customer_id,
        as_of_dates.as_of_date,
        as_of_dates.is_current,
        as_of_dates.as_of_date - people.first_known_date as days_known
    from people
    inner join as_of_dates
        on
            people.shop = as_of_dates.shop
            and {{ is_person_as_of('people', 'as_of_dates.as_of_date') }}

)

select * from known
