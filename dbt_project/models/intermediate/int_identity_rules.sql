-- A value that is blocked is compared as identifiers of each kind are, or of the one that is named;
-- a phone number without its country's code in each country that a source is in.
with

rules as (

    select * from {{ source('ingest', 'identity_rules') }}

),

countries as (

    select distinct country from {{ ref('int_source_systems') }}
    union
    select null as country

),

spelt as (
    {% for kind in key_kinds() + ['device_id', 'address'] %}
    select
        rules.rule,
        '{{ kind }}' as identifier_kind,
        {{ normalised_identifier(kind, 'rules.value') }} as identifier,
        countries.country
    from rules
    {%- if kind == 'phone' %}
    cross join countries
    {%- else %}
    left join countries on countries.country is null
    {%- endif %}
    where rules.action = 'block' and coalesce(rules.identifier_kind, '{{ kind }}') = '{{ kind }}'
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

blocked as (

    {{ identifiers_in_full('spelt') | indent }}

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
    select distinct
        rule,
        'block' as action,
        null as source_key,
        null as other_source_key,
        identifier_kind,
        identifier
    from blocked

)

select * from stated
