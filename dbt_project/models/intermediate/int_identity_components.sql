-- What identifiers connect on each cut: all of them; and where that may be no person, those of
-- strength 1 and 2, and of 1 alone, too. It is for int_impossible_persons to say which cannot be.
--
-- A cut is a day on which a link begins or ends, or a trait is told that may keep keys apart, for
-- all keys of the group that were known by then, and its own first day for each key.
with

members as (

    select * from {{ ref('int_identity_groups') }}
    {{ where_touched('int_identity_groups') }}

),

links as (

    select
        links.*,
        members.group_key
    from {{ ref('int_identity_links') }} as links
    inner join members on links.source_key = members.source_key
    where links.refused_because is null

),

contradictions as (

    select * from {{ ref('int_identity_contradictions') }}
    {{ where_touched('int_identity_contradictions') }}

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
    from contradictions

),

on_cuts as (

    select
        members.*,
        cuts.cut
    from members
    inner join cuts on members.group_key = cuts.group_key and members.known_from < cuts.cut
    union all
    select
        *,
        known_from as cut
    from members

),

states as (

    -- Of one group, cut and level the smallest number is the oldest key's. (A recursion that begins
    -- with what another has found does not end in DuckDB 2.0: so there is one for all levels.)
    select
        on_cuts.*,
        levels.level,
        row_number() over (
            order by levels.level, on_cuts.group_key, on_cuts.cut, on_cuts.key_number
        ) as node
    from on_cuts
    inner join (values ({{ link_levels() | join('), (') }})) as levels (level)
        on
            levels.level = {{ link_levels() | last }}
            or on_cuts.group_key in (select group_key from contradictions)

),

edges as (

    select
        firsts.node as from_node,
        others.node as to_node
    from links
    inner join states as firsts
        on
            links.first_source_key = firsts.source_key
            and links.linked_from <= firsts.cut
            and links.linked_until > firsts.cut
            and links.strength <= firsts.level
    inner join states as others
        on
            links.source_key = others.source_key
            and firsts.cut = others.cut
            and firsts.level = others.level
    where links.strength > 0

),

beginnings as (

    select
        node,
        node as label
    from states

),

connected as (

    {{ connected_components('beginnings', 'edges') | indent }}

),

named as (

    select
        states.group_key,
        states.source_key,
        states.cut,
        states.level,
        oldest.source_key as oldest_key
    from states
    inner join connected on states.node = connected.node
    inner join states as oldest on connected.label = oldest.node

)

select * from named
