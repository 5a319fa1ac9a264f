-- Persons that the user has merged are one, whatever their keys tell, on all days on which both
-- keys that a rule names were known.
with

rule_links as (

    select * from {{ ref('int_identity_links') }}
    where strength = 0

),

members as (

    select * from {{ ref('int_identity_groups') }}
    where
        group_key in (
            select merged.group_key from {{ ref('int_identity_groups') }} as merged
            inner join rule_links on merged.source_key = rule_links.source_key
        )

),

components as (

    select * from {{ ref('int_identity_components') }}
    where group_key in (select members.group_key from members)

),

persons as (

    {{ persons_on_cuts('components', ref('int_impossible_persons')) | indent }}

),

decided as (

    select
        firsts.person_key,
        others.person_key as other_person_key,
        firsts.cut
    from rule_links
    inner join persons as firsts
        on
            rule_links.first_source_key = firsts.source_key
            and rule_links.linked_from <= firsts.cut
    inner join persons as others
        on
            rule_links.source_key = others.source_key
            and firsts.cut = others.cut

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
            order by members.known_from, concerned.person_key, concerned.cut
        ) as node
    from concerned
    inner join members on concerned.person_key = members.source_key

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
        persons.source_key,
        persons.cut,
        oldest.person_key as customer_id
    from persons
    inner join numbered
        on persons.person_key = numbered.person_key and persons.cut = numbered.cut
    inner join connected on numbered.node = connected.node
    inner join numbered as oldest on connected.label = oldest.node

)

select * from united
