-- A telephone number that is given up is another's some time later. Whoever had it before was last
-- there with their last order, visit or review: an account tells its number as long as it lasts.
-- Where it is not known since when somebody has an identifier, it is held to be theirs for ever.
with

identifiers as (

    select * from {{ ref('int_identifiers') }}
    where not is_nobodys
    {{ and_touched('int_identifiers') }}

),

identifier_kinds as (

    select * from {{ ref('identifier_kinds') }}

),

customer_days as (

    select * from {{ ref('int_customer_days') }}

),

following as (

    select
        *,
        lag(first_seen_date) over sharers as previous_seen_date,
        bool_or(first_seen_date is null) over sharers as is_always_held
    from identifiers
    window sharers as (
        partition by shop, identifier_kind, identifier
        order by first_seen_date nulls first, source_key
    )

),

late as (

    select
        following.*,
        identifier_kinds.held_days
    from following
    inner join identifier_kinds on following.identifier_kind = identifier_kinds.kind
    where
        not following.is_always_held
        and following.first_seen_date - following.previous_seen_date > identifier_kinds.held_days

),

last_days as (

    select
        late.shop,
        late.identifier_kind,
        late.identifier,
        late.source_key,
        max(customer_days.activity_date) as last_active_date
    from late
    inner join identifiers as others
        on
            late.shop = others.shop
            and late.identifier_kind = others.identifier_kind
            and late.identifier = others.identifier
            and late.first_seen_date > others.first_seen_date
    inner join customer_days
        on
            others.source_system = customer_days.source_system
            and others.source_customer_id = customer_days.source_customer_id
            and late.first_seen_date > customer_days.known_date
    group by late.shop, late.identifier_kind, late.identifier, late.source_key

),

passed_on as (

    select
        late.shop,
        late.identifier_kind,
        late.identifier,
        late.source_key
    from late
    left join last_days
        on
            late.source_key = last_days.source_key
            and late.identifier_kind = last_days.identifier_kind
            and late.identifier = last_days.identifier
    where
        last_days.last_active_date is null
        or late.first_seen_date - last_days.last_active_date > late.held_days

)

select * from passed_on
