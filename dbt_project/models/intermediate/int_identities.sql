-- Source keys that share an identifier are one person. The person's id is made here and nowhere
-- else, and facts do not carry it: a merge, or taking one back, changes this table only.
--
-- Where all links of a group would make a person who cannot be, with two birth dates or more keys
-- than a person has, those of the weakest kinds do not count in it; where that is not enough, nor
-- do the next, and in the end none but what the user has merged. Who is merged is held apart by no
-- trait; who is split is, however others connect them.
with

source_keys as (

    select
        *,
        coalesce(first_known_date, {{ always() }}) as known_from
    from {{ ref('int_source_keys') }}
    {{ where_touched('int_source_keys') }}

),

components as (

    select * from {{ ref('int_identity_components') }}
    {{ where_touched('int_identity_components') }}

),

rules as (

    select * from {{ ref('int_identity_rules') }}

),

merged_keys as (

    select unnest([source_key, other_source_key]) as source_key from rules
    where action = 'merge'

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
        components.oldest_key,
        components.cut,
        components.level,
        identifiers.identifier_kind,
        identifiers.identifier,
        kinds.most_per_person
    from {{ ref('int_identifiers') }} as identifiers
    inner join components
        on
            identifiers.source_key = components.source_key
            and coalesce(identifiers.first_seen_date, {{ always() }}) <= components.cut
    inner join kinds on identifiers.identifier_kind = kinds.kind
    where
        not identifiers.is_nobodys
        and components.level > 0
        and identifiers.source_key not in (select merged_keys.source_key from merged_keys)

),

impossible as (

    select
        oldest_key,
        cut,
        level
    from components
    where level > 0
    group by oldest_key, cut, level
    having count(*) > {{ var('most_keys_of_a_person') }}
    union
    select
        oldest_key,
        cut,
        level
    from traits
    group by oldest_key, cut, level, identifier_kind
    having count(distinct identifier) > min(most_per_person)
    union
    {{ persons_of_split_keys('components', 'rules') | indent }}

),

persons as (

    select
        components.source_key,
        components.cut as known_from,
        coalesce(
            arg_max(components.oldest_key, components.level)
                filter (where impossible.oldest_key is null),
            components.source_key
        ) as customer_id
    from components
    left join impossible
        on
            components.oldest_key = impossible.oldest_key
            and components.cut = impossible.cut
            and components.level = impossible.level
    group by components.source_key, components.cut

),

identified as (

    -- Who is linked to nobody is one person all along.
    select
        source_keys.shop,
        source_keys.source_key,
        source_keys.source_system,
        source_keys.source_customer_id,
        source_keys.first_known_date,
        coalesce(persons.customer_id, source_keys.source_key) as customer_id,
        coalesce(persons.known_from, source_keys.known_from) as known_from
    from source_keys
    left join persons on source_keys.source_key = persons.source_key

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
