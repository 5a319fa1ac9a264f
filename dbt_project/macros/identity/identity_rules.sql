{#
    Identifiers that are blocked: rows (identifier_kind, identifier).

    rules: a relation of int_identity_rules' columns.
#}
{% macro blocked_identifiers(rules) -%}
select distinct
    identifier_kind,
    identifier
from {{ rules }}
where action = 'block'
{%- endmacro %}

{#
    Identifiers that a split takes from a key: rows (source_key, identifier_kind, identifier). Of two keys
    that share an identifier and are split, it is the split one's no more: so it links neither that one
    with the other, nor others with both.

    identifiers: a relation of int_identifiers' columns. rules: one of int_identity_rules'.
#}
{% macro split_off_identifiers(identifiers, rules) -%}
select distinct
    identifiers.source_key,
    identifiers.identifier_kind,
    identifiers.identifier
from {{ rules }} as rules
inner join {{ identifiers }} as identifiers
    on
        rules.source_key = identifiers.source_key
        and coalesce(rules.identifier_kind, identifiers.identifier_kind)
        = identifiers.identifier_kind
inner join {{ identifiers }} as others
    on
        rules.other_source_key = others.source_key
        and identifiers.identifier_kind = others.identifier_kind
        and identifiers.identifier = others.identifier
where rules.action = 'split'
{%- endmacro %}

{#
    What merges link, with the columns of int_identity_links: on all days on which both keys were known.

    rules: a relation of int_identity_rules' columns.
#}
{% macro links_of_merges(rules) -%}
select
    source_keys.shop,
    'rule' as identifier_kind,
    'rule ' || rules.rule as identifier,
    source_keys.source_key as first_source_key,
    others.source_key,
    0 as strength,
    greatest(
        coalesce(source_keys.first_known_date, {{ always() }}),
        coalesce(others.first_known_date, {{ always() }})
    ) as linked_from,
    {{ forever() }} as linked_until,
    cast(null as date) as last_seen_date,
    cast(null as varchar) as refused_because
from {{ rules }} as rules
inner join {{ ref('int_source_keys') }} as source_keys on rules.source_key = source_keys.source_key
inner join {{ ref('int_source_keys') }} as others
    on
        rules.other_source_key = others.source_key
        and source_keys.shop = others.shop
where rules.action = 'merge'
{%- endmacro %}

{#
    Where links connect, however they do, two keys that are split: rows (group_key, oldest_key, cut, level).

    components: a relation of int_identity_components' columns. rules: one of int_identity_rules'.
#}
{% macro persons_of_split_keys(components, rules) -%}
select
    components.group_key,
    components.oldest_key,
    components.cut,
    components.level
from {{ rules }} as rules
inner join {{ components }} as components on rules.source_key = components.source_key
inner join {{ components }} as others
    on
        rules.other_source_key = others.source_key
        and components.oldest_key = others.oldest_key
        and components.cut = others.cut
        and components.level = others.level
where
    rules.action = 'split'
    and rules.identifier_kind is null
{%- endmacro %}
