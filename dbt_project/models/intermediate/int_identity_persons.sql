-- Where all links of a group would make a person who cannot be, with two birth dates, more keys
-- than a person has or two that the user has split, those of the weakest kinds do not count in it;
-- where that is not enough, nor do the next, and in the end none.
with

components as (

    select * from {{ ref('int_identity_components') }}
    {{ where_touched('int_identity_components') }}

),

doubtful_keys as (

    -- Of contradictory groups, fewer links than all were looked at too.
    select distinct source_key from components
    where level < {{ link_levels() | last }}

),

doubtful as (

    select components.*
    from components
    inner join doubtful_keys on components.source_key = doubtful_keys.source_key

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

traits as (

    select
        doubtful.oldest_key,
        doubtful.cut,
        doubtful.level,
        identifiers.identifier_kind,
        identifiers.identifier,
        kinds.most_per_person
    from {{ ref('int_identifiers') }} as identifiers
    inner join doubtful
        on
            identifiers.source_key = doubtful.source_key
            and coalesce(identifiers.first_seen_date, {{ always() }}) <= doubtful.cut
    inner join kinds on identifiers.identifier_kind = kinds.kind
    where not identifiers.is_nobodys

),

impossible as (

    select
        oldest_key,
        cut,
        level
    from doubtful
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
    {{ persons_of_split_keys('doubtful', 'rules') | indent }}

),

persons as (

    select
        components.source_key,
        components.cut,
        coalesce(
            arg_max(components.oldest_key, components.level)
                filter (where impossible.oldest_key is null),
            components.source_key
        ) as person_key
    from components
    left join impossible
        on
            components.oldest_key = impossible.oldest_key
            and components.cut = impossible.cut
            and components.level = impossible.level
    group by components.source_key, components.cut

)

select * from persons
