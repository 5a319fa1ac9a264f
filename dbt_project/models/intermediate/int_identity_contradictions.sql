-- Only what may keep somebody apart: two traits of which a person has one, more keys than a person
-- has, or keys that the user has split.
with

members as (

    select * from {{ ref('int_identity_groups') }}
    {{ where_touched('int_identity_groups') }}

),

kinds as (

    select
        kind,
        most_per_person
    from {{ ref('identifier_kinds') }}
    where most_per_person is not null

),

traits as (

    select
        members.group_key,
        identifiers.source_key,
        identifiers.identifier_kind,
        identifiers.identifier,
        coalesce(identifiers.first_seen_date, {{ always() }}) as seen_from
    from {{ ref('int_identifiers') }} as identifiers
    inner join members on identifiers.source_key = members.source_key
    inner join kinds on identifiers.identifier_kind = kinds.kind
    where not identifiers.is_nobodys
    qualify
        count(distinct identifiers.identifier) over (
            partition by members.group_key, identifiers.identifier_kind
        ) > kinds.most_per_person

),

split_keys as (

    select distinct
        members.group_key,
        members.source_key
    from {{ ref('int_identity_rules') }} as rules
    inner join members on rules.source_key = members.source_key
    inner join members as others
        on
            rules.other_source_key = others.source_key
            and members.group_key = others.group_key
    where rules.action = 'split' and rules.identifier_kind is null

),

too_many_keys as (

    select group_key from members
    group by group_key
    having count(*) > {{ var('most_keys_of_a_person') }}

),

contradictions as (

    select * from traits
    union all
    select
        group_key,
        source_key,
        'split' as identifier_kind,
        cast(null as varchar) as identifier,
        {{ always() }} as seen_from
    from split_keys
    union all
    select
        group_key,
        group_key as source_key,
        'too_many_keys' as identifier_kind,
        cast(null as varchar) as identifier,
        {{ always() }} as seen_from
    from too_many_keys

)

select * from contradictions
