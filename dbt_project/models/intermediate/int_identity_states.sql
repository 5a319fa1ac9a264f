-- What links make of a group is looked at on each day on which one of them begins or ends, or a
-- trait is told that may keep its keys apart (a cut), and for each key on its own first day.
-- Where nothing can keep its keys apart on any day, all links count, and no fewer are looked at.
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

contradictory as (

    select group_key from traits
    union
    select group_key from members
    group by group_key
    having count(*) > {{ var('most_keys_of_a_person') }}
    union
    select members.group_key
    from {{ ref('int_identity_rules') }} as rules
    inner join members on rules.source_key = members.source_key
    inner join members as others
        on
            rules.other_source_key = others.source_key
            and members.group_key = others.group_key
    where rules.action = 'split' and rules.identifier_kind is null

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

),

judged as (

    select
        on_cuts.*,
        contradictory.group_key is not null as is_contradictory
    from on_cuts
    left join contradictory on on_cuts.group_key = contradictory.group_key

)

select * from judged
