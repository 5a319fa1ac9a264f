-- Whom links may bring together on some day. What they do on each, int_identities finds out.
with

source_keys as (

    select
        *,
        coalesce(first_known_date, {{ always() }}) as known_from
    from {{ ref('int_source_keys') }}
    {{ where_touched('int_source_keys') }}

),

links as (

    select * from {{ ref('int_identity_links') }}
    where refused_because is null
    {{ and_touched('int_identity_links') }}

),

linked_keys as (

    select first_source_key as source_key from links
    union
    select source_key from links

),

numbered as (

    -- The smaller number is the older key's.
    select
        source_keys.source_key,
        source_keys.known_from,
        row_number() over (order by source_keys.known_from, source_keys.source_key) as node
    from source_keys
    inner join linked_keys on source_keys.source_key = linked_keys.source_key

),

edges as (

    select
        firsts.node as from_node,
        others.node as to_node
    from links
    inner join numbered as firsts on links.first_source_key = firsts.source_key
    inner join numbered as others on links.source_key = others.source_key

),

beginnings as (

    select
        node,
        node as label
    from numbered

),

connected as (

    {{ connected_components('beginnings', 'edges') | indent }}

),

grouped as (

    select
        numbered.source_key,
        oldest.source_key as group_key,
        numbered.known_from,
        row_number() over (partition by connected.label order by numbered.node) as key_number
    from numbered
    inner join connected on numbered.node = connected.node
    inner join numbered as oldest on connected.label = oldest.node

)

select * from grouped
