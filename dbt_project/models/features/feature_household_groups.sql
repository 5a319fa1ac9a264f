-- Households by what sources tell alone, and by all that is known. It is for feature_households to
-- say which can be.
with

links as (

    select * from {{ ref('int_household_links') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    {{ where_touched('as_of_dates') }}

),

identities as (

    select * from {{ ref('int_identities') }}

),

levels as (

    select
        links.*,
        levels.level
    from links
    inner join (values (1), (2)) as levels (level)
        on levels.level = 2 or links.identifier_kind = 'household_id'

),

shared as (

    select distinct
        levels.shop,
        as_of_dates.as_of_date,
        levels.level,
        levels.customer_id,
        levels.other_customer_id
    from levels
    inner join as_of_dates
        on
            levels.shop = as_of_dates.shop
            and {{ is_person_as_of('levels', 'as_of_dates.as_of_date') }}

),

customers as (

    select {{ all_but(['other_customer_id']) }} from shared
    union
    select
        shop,
        as_of_date,
        level,
        other_customer_id as customer_id
    from shared

),

first_days as (

    select distinct
        source_key,
        coalesce(first_known_date, {{ always() }}) as first_known_date
    from identities

),

numbered as (

    -- Of one shop, day and level the smallest number is that of the customer known first.
    select
        customers.*,
        row_number() over (
            order by
                customers.shop, customers.as_of_date, customers.level,
                first_days.first_known_date, customers.customer_id
        ) as node
    from customers
    inner join first_days on customers.customer_id = first_days.source_key

),

edges as (

    select
        firsts.node as from_node,
        others.node as to_node
    from shared
    inner join numbered as firsts
        on
            shared.as_of_date = firsts.as_of_date
            and shared.level = firsts.level
            and shared.customer_id = firsts.customer_id
    inner join numbered as others
        on
            shared.as_of_date = others.as_of_date
            and shared.level = others.level
            and shared.other_customer_id = others.customer_id

),

beginnings as (

    select
        node,
        node as label
    from numbered

),

connected as (

    {{ connected_components('beginnings', 'edges') | indent }}

),

grouped as (

    select
        numbered.shop,
        numbered.customer_id,
        numbered.as_of_date,
        numbered.level,
        oldest.customer_id as household_id
    from numbered
    inner join connected on numbered.node = connected.node
    inner join numbered as oldest on connected.label = oldest.node

)

select * from grouped
