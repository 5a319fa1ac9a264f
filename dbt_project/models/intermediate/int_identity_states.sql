-- What links make of a group is looked at on each day on which one of them begins or ends, or a
-- trait is told that may keep its keys apart (a cut), and for each key on its own first day.
with

members as (

    select * from {{ ref('int_identity_groups') }}
    {{ where_touched('int_identity_groups') }}

),

links as (

    select
        members.group_key,
        links.linked_from,
        links.linked_until
    from {{ ref('int_identity_links') }} as links
    inner join members on links.source_key = members.source_key
    where links.refused_because is null

),

kinds as (

    select
        kind,
        most_per_person
    from {{ ref('identifier_kinds') }}
    where most_per_person is not null

),

traits as (

    -- Only what may keep somebody apart: of which a group has more than a person.
    select
        members.group_key,
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

cuts as (

    select
        group_key,
        linked_from as cut
    from links
    union
    select
        group_key,
        linked_until as cut
    from links
    where linked_until < {{ forever() }}
    union
    select
        group_key,
        seen_from as cut
    from traits

),

on_cuts as (

    select
        members.group_key,
        members.source_key,
        members.key_number,
        cuts.cut
    from members
    inner join cuts on members.group_key = cuts.group_key and members.known_from < cuts.cut
    union all
    select
        group_key,
        source_key,
        key_number,
        known_from as cut
    from members

)

select * from on_cuts
