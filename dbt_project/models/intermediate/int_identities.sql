-- Source keys that share an identifier are one person. The person's id is made here and nowhere
-- else, and facts do not carry it: a merge, or taking one back, changes this table only.
--
-- Persons that the user has merged are one, whatever their keys tell, on all days on which both
-- keys that a rule names were known.
with

source_keys as (

    select
        *,
        coalesce(first_known_date, {{ always() }}) as known_from
    from {{ ref('int_source_keys') }}
    {{ where_touched('int_source_keys') }}

),

persons as (

    select * from {{ ref('int_identity_persons') }}
    {{ where_touched('int_identity_persons') }}

),

decided as (

    select
        firsts.person_key,
        others.person_key as other_person_key,
        firsts.cut
    from {{ ref('int_identity_links') }} as links
    inner join persons as firsts
        on
            links.first_source_key = firsts.source_key
            and links.linked_from <= firsts.cut
    inner join persons as others
        on
            links.source_key = others.source_key
            and firsts.cut = others.cut
    where links.strength = 0

),

concerned as (

    select
        person_key,
        cut
    from decided
    union
    select
        other_person_key as person_key,
        cut
    from decided

),

numbered as (

    -- The smaller number is the older key's.
    select
        concerned.person_key,
        concerned.cut,
        row_number() over (
            order by source_keys.known_from, concerned.person_key, concerned.cut
        ) as node
    from concerned
    inner join source_keys on concerned.person_key = source_keys.source_key

),

edges as (

    select
        firsts.node as from_node,
        others.node as to_node
    from decided
    inner join numbered as firsts
        on decided.person_key = firsts.person_key and decided.cut = firsts.cut
    inner join numbered as others
        on decided.other_person_key = others.person_key and decided.cut = others.cut

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

united as (

    select
        numbered.person_key,
        numbered.cut,
        oldest.person_key as customer_id
    from numbered
    inner join connected on numbered.node = connected.node
    inner join numbered as oldest on connected.label = oldest.node

),

identified as (

    -- Who is linked to nobody is one person all along.
    select
        source_keys.shop,
        source_keys.source_key,
        source_keys.source_system,
        source_keys.source_customer_id,
        source_keys.first_known_date,
        coalesce(united.customer_id, persons.person_key, source_keys.source_key) as customer_id,
        coalesce(persons.cut, source_keys.known_from) as known_from
    from source_keys
    left join persons on source_keys.source_key = persons.source_key
    left join united on persons.person_key = united.person_key and persons.cut = united.cut

),

periods as (

    select
        *,
        lead(known_from, 1, {{ forever() }}) over (
            partition by source_key
            order by known_from
        ) as known_until
    from identified

)

select * from periods
