-- What would make a household that cannot be, of too many customers or of two numbers that one
-- source gives, counts for nobody in it: only what the source tells does.
with

grouped as (

    select * from {{ ref('feature_household_groups') }}
    {{ where_touched('feature_household_groups') }}

),

links as (

    select * from {{ ref('int_household_links') }}

),

identities as (

    select * from {{ ref('int_identities') }}

),

told as (

    select * from {{ ref('int_identifiers') }}
    where identifier_kind = 'household_id' and not is_nobodys

),

told_as_of as (

    select
        grouped.shop,
        grouped.as_of_date,
        grouped.level,
        grouped.household_id,
        told.source_system,
        told.identifier
    from grouped
    inner join identities
        on
            grouped.customer_id = identities.customer_id
            and {{ is_person_as_of('identities', 'grouped.as_of_date') }}
    inner join told
        on
            identities.source_key = told.source_key
            and coalesce(told.first_seen_date, {{ always() }}) < grouped.as_of_date
    where grouped.level = 2

),

impossible as (

    select
        shop,
        as_of_date,
        level,
        household_id
    from grouped
    group by shop, as_of_date, level, household_id
    having count(*) > {{ var('most_customers_of_a_household') }}
    union
    select
        shop,
        as_of_date,
        level,
        household_id
    from told_as_of
    group by shop, as_of_date, level, household_id, source_system
    having count(distinct identifier) > 1

),

households as (

    -- Of those that can be, the one by all that is known.
    select grouped.*
    from grouped
    left join impossible
        on
            grouped.as_of_date = impossible.as_of_date
            and grouped.level = impossible.level
            and grouped.household_id = impossible.household_id
    where impossible.household_id is null
    qualify
        row_number() over (
            partition by grouped.customer_id, grouped.as_of_date
            order by grouped.level desc
        ) = 1

),

kinds as (

    select distinct
        households.as_of_date,
        households.household_id,
        links.identifier_kind
    from households
    inner join links
        on
            households.customer_id = links.customer_id
            and {{ is_person_as_of('links', 'households.as_of_date') }}
            and (households.level = 2 or links.identifier_kind = 'household_id')

),

joined_kinds as (

    select
        as_of_date,
        household_id,
        {{ joined_text('identifier_kind', ', ', 'identifier_kind') }} as household_found_by
    from kinds
    group by as_of_date, household_id

),

described as (

    select
        households.shop,
        households.customer_id,
        households.as_of_date,
        households.household_id,
        count(*) over (
            partition by households.as_of_date, households.household_id
        ) as household_customer_count,
        joined_kinds.household_found_by
    from households
    inner join joined_kinds
        on
            households.as_of_date = joined_kinds.as_of_date
            and households.household_id = joined_kinds.household_id

)

select * from described
