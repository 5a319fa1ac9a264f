-- With two birth dates, more keys than a person has or two that the user has split.
with

contradictions as (

    select * from {{ ref('int_identity_contradictions') }}
    {{ where_touched('int_identity_contradictions') }}

),

components as (

    select * from {{ ref('int_identity_components') }}
    where
        group_key in (select contradictions.group_key from contradictions)
        {{ and_touched('int_identity_components') }}

),

rules as (

    select * from {{ ref('int_identity_rules') }}

),

kinds as (

    select
        kind,
        most_per_person
    from {{ ref('identifier_kinds') }}
    where most_per_person is not null

),

impossible as (

    select
        group_key,
        oldest_key,
        cut,
        level
    from components
    group by group_key, oldest_key, cut, level
    having count(*) > {{ var('most_keys_of_a_person') }}
    union
    select
        components.group_key,
        components.oldest_key,
        components.cut,
        components.level
    from components
    inner join contradictions
        on
            components.source_key = contradictions.source_key
            and components.cut >= contradictions.seen_from
    inner join kinds on contradictions.identifier_kind = kinds.kind
    group by
        components.group_key, components.oldest_key, components.cut, components.level, kinds.kind
    having count(distinct contradictions.identifier) > min(kinds.most_per_person)
    union
    {{ persons_of_split_keys('components', 'rules') | indent }}

)

select * from impossible
