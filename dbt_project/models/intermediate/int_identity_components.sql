-- What identifiers connect on each cut: all of them; and where that may be no person, those of
-- strength 1 and 2, and of 1 alone, too. It is for int_identity_persons to say which can be.
with

links as (

    select * from {{ ref('int_identity_links') }}
    where refused_because is null and strength > 0

),

states as (

    -- Of one group, cut and level the smallest number is the oldest key's. (A recursion that begins
    -- with what another has found does not end in DuckDB 2.0: so there is one for all levels.)
    select
        identity_states.*,
        levels.level,
        row_number() over (
            order by
                levels.level, identity_states.group_key, identity_states.cut,
                identity_states.key_number
        ) as node
    from {{ ref('int_identity_states') }} as identity_states
    cross join (values ({{ link_levels() | join('), (') }})) as levels (level)
    where
        (levels.level = {{ link_levels() | last }} or identity_states.is_contradictory)
        {{ and_touched('identity_states') }}

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
        states.source_key,
        states.cut,
        states.level,
        oldest.source_key as oldest_key
    from states
    inner join connected on states.node = connected.node
    inner join states as oldest on connected.label = oldest.node

)

select * from named
