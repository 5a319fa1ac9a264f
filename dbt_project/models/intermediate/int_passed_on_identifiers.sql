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
    where held_days is not null

),

customer_days as (

    select * from {{ ref('int_customer_days') }}

),

spread as (

    select
        identifiers.shop,
        identifiers.identifier_kind,
        identifiers.identifier,
        min(identifier_kinds.held_days) as held_days
    from identifiers
    inner join identifier_kinds on identifiers.identifier_kind = identifier_kinds.kind
    group by identifiers.shop, identifiers.identifier_kind, identifiers.identifier
    having
        count(*) = count(identifiers.first_seen_date)
        and max(identifiers.first_seen_date) - min(identifiers.first_seen_date)
        > min(identifier_kinds.held_days)

),

following as (

    select
        identifiers.*,
        spread.held_days,
        lag(identifiers.first_seen_date) over (
            partition by identifiers.shop, identifiers.identifier_kind, identifiers.identifier
            order by identifiers.first_seen_date, identifiers.source_key
        ) as previous_seen_date
    from identifiers
    inner join spread
        on
            identifiers.shop = spread.shop
            and identifiers.identifier_kind = spread.identifier_kind
            and identifiers.identifier = spread.identifier

),

late as (

    select * from following
    where first_seen_date - previous_seen_date > held_days

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
        late.source_key,
        late.identifier_kind,
        late.identifier
    from late
    left join last_days
        on
            late.source_key = last_days.source_key
            and late.identifier_kind = last_days.identifier_kind
            and late.identifier = last_days.identifier
    where
        last_days.last_active_date is null
        or late.first_seen_date - last_days.last_active_date > late.held_days

),

numbered as (

    select
        following.shop,
        following.identifier_kind,
        following.identifier,
        following.source_key,
        first_value(following.source_key) over sharers as first_owner_key,
        sum(cast(passed_on.source_key is not null as integer)) over sharers as owner_number
    from following
    left join passed_on
        on
            following.source_key = passed_on.source_key
            and following.identifier_kind = passed_on.identifier_kind
            and following.identifier = passed_on.identifier
    window sharers as (
        partition by following.shop, following.identifier_kind, following.identifier
        order by following.first_seen_date, following.source_key
    )

),

later_owners as (

    select * from numbered
    where owner_number > 0

)

select * from later_owners
