-- A value that is blocked is compared as identifiers of each kind are, or of the one that is named.
with

rules as (

    select * from {{ source('ingest', 'identity_rules') }}

),

spelt as (
    {% for kind in key_kinds() + ['device_id'] %}
    select
        rule,
        '{{ kind }}' as identifier_kind,
        {{ normalised_identifier(kind, 'value') }} as identifier
    from rules
    where action = 'block' and coalesce(identifier_kind, '{{ kind }}') = '{{ kind }}'
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

blocked as (

    {{ delivered_identifiers('spelt') | indent }}

),

stated as (

    select
        rule,
        action,
        source_key,
        other_source_key,
        identifier_kind,
        cast(null as varchar) as identifier
    from rules
    where action in ('merge', 'split')
    union all
    select
        rule,
        'block' as action,
        null as source_key,
        null as other_source_key,
        identifier_kind,
        identifier
    from blocked

)

select * from stated
