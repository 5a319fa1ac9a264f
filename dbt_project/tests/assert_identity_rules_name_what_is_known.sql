-- A failing row is a statement of a rule in identity_rules.yml that says nothing: a key that no
-- source has, two keys of different shops, a kind that there is not, or a value that is none of its
-- kind or that no customer has. A typing error, or its source is switched off.
{{ config(severity='warn') }}

with

rules as (

    select * from {{ source('ingest', 'identity_rules') }}

),

identifier_kinds as (

    select * from {{ ref('identifier_kinds') }}

),

source_keys as (

    select * from {{ ref('int_source_keys') }}

),

blocked as (

    select distinct rules.rule
    from {{ ref('int_identity_rules') }} as rules
    inner join {{ ref('int_identifiers') }} as identifiers
        on
            rules.identifier_kind = identifiers.identifier_kind
            and rules.identifier = identifiers.identifier

),

judged as (

    select
        rules.rule,
        case
            when rules.action = 'block'
                then if(blocked.rule is null, 'blocks a value that nobody has', null)
            when source_keys.source_key is null or others.source_key is null
                then 'names a key that no source has'
            when source_keys.shop <> others.shop
                then 'names keys of two shops'
            when
                identifier_kinds.kind is null
                and coalesce(rules.identifier_kind, 'found') <> 'found'
                then 'names a kind of identifier that there is not'
        end as mistake
    from rules
    left join source_keys on rules.source_key = source_keys.source_key
    left join source_keys as others on rules.other_source_key = others.source_key
    left join identifier_kinds on rules.identifier_kind = identifier_kinds.kind
    left join blocked on rules.rule = blocked.rule

)

select
    'Rule ' || rule || ' of identity_rules.yml ' || mistake || ', and says nothing: correct it, or '
    || 'take it back by portrait identity rules --take-back ' || rule || '.' as told
from judged
where mistake is not null
