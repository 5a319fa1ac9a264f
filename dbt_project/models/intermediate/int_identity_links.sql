-- Who shares an identifier with others is linked to who had it first. Each link counts from the day
-- on which both were seen with it, until so many are that it is nobody's any more. Of one that was
-- passed on each owner's time is taken alone. What the user has decided holds on all days, what was
-- found of two from that day on.
with

identifiers as (

    select * from {{ ref('int_identifiers') }}
    {{ where_touched('int_identifiers') }}

),

identifier_kinds as (

    select * from {{ ref('identifier_kinds') }}
    where role in ('link', 'hint', 'household')

),

passed_on as (

    select * from {{ ref('int_passed_on_identifiers') }}
    {{ where_touched('int_passed_on_identifiers') }}

),

rules as (

    select * from {{ ref('int_identity_rules') }}

),

blocked as (

    {{ blocked_identifiers('rules') | indent }}

),

split_off as (

    {{ split_off_identifiers('identifiers', 'rules') | indent }}

),

judged as (

    select
        identifiers.*,
        identifier_kinds.strength,
        identifier_kinds.most_keys,
        identifier_kinds.role,
        split_off.source_key is not null as is_split_off,
        coalesce(passed_on.owner_number, 0) as owner_number,
        passed_on.first_owner_key,
        case
            when identifiers.is_nobodys then 'value_of_nobody'
            when identifier_kinds.role = 'hint' then 'kind_does_not_link'
            when blocked.identifier is not null then 'blocked_by_rule'
            when split_off.source_key is not null then 'split_by_rule'
        end as refused_because
    from identifiers
    inner join identifier_kinds on identifiers.identifier_kind = identifier_kinds.kind
    left join blocked
        on
            identifiers.identifier_kind = blocked.identifier_kind
            and identifiers.identifier = blocked.identifier
    left join split_off
        on
            identifiers.source_key = split_off.source_key
            and identifiers.identifier_kind = split_off.identifier_kind
            and identifiers.identifier = split_off.identifier
    left join passed_on
        on
            identifiers.source_key = passed_on.source_key
            and identifiers.identifier_kind = passed_on.identifier_kind
            and identifiers.identifier = passed_on.identifier

),

ranked as (

    select
        *,
        coalesce(first_seen_date, {{ always() }}) as seen_from,
        row_number() over (
            partition by shop, identifier_kind, identifier, owner_number
            order by is_split_off, first_seen_date nulls first, source_key
        ) as key_rank,
        count(*) over (partition by shop, identifier_kind, identifier, owner_number) as key_count
    from judged

),

shared as (

    select
        *,
        -- Who begins another owner's time is shown beside who had it first of all.
        case when key_rank = 1 then first_owner_key else first_value(source_key) over sharers end
            as first_source_key,
        first_value(seen_from) over sharers as first_seen_from,
        min(case when key_rank > most_keys and not is_split_off then seen_from end) over sharers
            as too_many_from
    from ranked
    where key_count > 1 or owner_number > 0
    window sharers as (
        partition by shop, identifier_kind, identifier, owner_number
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
        greatest(seen_from, first_seen_from) as linked_from,
        coalesce(too_many_from, {{ forever() }}) as linked_until,
        last_seen_date,
        case
            when refused_because is not null then refused_because
            when key_rank = 1 then 'passed_on'
            when seen_from >= too_many_from then 'shared_by_too_many'
            when role = 'household' then 'makes_a_household'
        end as refused_because
    from shared
    where key_rank > 1 or owner_number > 0

),

all_links as (

    select * from linked
    union all
    {{ links_of_merges('rules') | indent }}
    union all
    {{ links_of_found() | indent }}

)

select * from all_links
