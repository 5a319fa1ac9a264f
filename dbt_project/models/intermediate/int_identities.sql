-- Source keys that share an identifier are one person. The person's id is made here and nowhere
-- else, and facts do not carry it: a merge, or taking one back, changes this table only.
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

persons as (

    {{ persons_on_cuts('components', ref('int_impossible_persons')) | indent }}

),

merged as (

    select * from {{ ref('int_merged_persons') }}

),

identified as (

    -- Who is linked to nobody is one person all along.
    select
        source_keys.shop,
        source_keys.source_key,
        source_keys.source_system,
        source_keys.source_customer_id,
        source_keys.first_known_date,
        coalesce(merged.customer_id, persons.person_key, source_keys.source_key) as customer_id,
        coalesce(persons.cut, source_keys.known_from) as known_from
    from source_keys
    left join persons on source_keys.source_key = persons.source_key
    left join merged on persons.source_key = merged.source_key and persons.cut = merged.cut

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
