-- A failing row is a statement of a rule in identity_rules.yml that says nothing: a key that no
-- source has, two keys of different shops, or a value that no customer has. A typing error, or its
-- source is switched off.
{{ config(severity='warn') }}

with

rules as (

    select * from {{ ref('int_identity_rules') }}

),

source_keys as (

    select * from {{ ref('int_source_keys') }}

),

found as (

    select
        rules.rule,
        bool_or(
            case
                when rules.action = 'block' then identifiers.identifier is not null
                else source_keys.shop = others.shop
            end
        ) as says_something
    from rules
    left join source_keys on rules.source_key = source_keys.source_key
    left join source_keys as others on rules.other_source_key = others.source_key
    left join {{ ref('int_identifiers') }} as identifiers
        on
            rules.identifier_kind = identifiers.identifier_kind
            and rules.identifier = identifiers.identifier
    group by rules.rule, rules.source_key, rules.other_source_key

)

select * from found
where says_something is not true
