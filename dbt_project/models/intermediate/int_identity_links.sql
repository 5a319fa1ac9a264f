-- Who shares an identifier with others is linked to who had it first. Each link counts from the day
-- on which both were seen with it, until so many are that it is nobody's any more.
with

identifiers as (

    select * from {{ ref('int_identifiers') }}
    {{ where_touched('int_identifiers') }}

),

identifier_kinds as (

    select * from {{ ref('identifier_kinds') }}
    where role in ('link', 'hint')

),

ranked as (

    select
        identifiers.*,
        identifier_kinds.role,
        identifier_kinds.strength,
        identifier_kinds.most_keys,
        row_number() over (
            partition by identifiers.shop, identifiers.identifier_kind, identifiers.identifier
            order by identifiers.first_seen_date nulls first, identifiers.source_key
        ) as key_rank,
        count(*) over (
            partition by identifiers.shop, identifiers.identifier_kind, identifiers.identifier
        ) as key_count
    from identifiers
    inner join identifier_kinds on identifiers.identifier_kind = identifier_kinds.kind

),

shared as (

    select
        *,
        first_value(source_key) over sharers as first_source_key,
        min(case when key_rank > most_keys then coalesce(first_seen_date, {{ always() }}) end)
            over sharers as too_many_from
    from ranked
    where key_count > 1
    window sharers as (
        partition by shop, identifier_kind, identifier
        order by key_rank
        rows between unbounded preceding and unbounded following
    )

),

linked as (

    select
        shop,
        identifier_kind,
        identifier,
        first_source_key,
        source_key,
        strength,
        coalesce(first_seen_date, {{ always() }}) as linked_from,
        coalesce(too_many_from, {{ forever() }}) as linked_until,
        last_seen_date,
        case
            when is_nobodys then 'value_of_nobody'
            when role = 'hint' then 'kind_does_not_link'
            when coalesce(first_seen_date, {{ always() }}) >= too_many_from
                then 'shared_by_too_many'
        end as refused_because
    from shared
    where key_rank > 1

)

select * from linked
