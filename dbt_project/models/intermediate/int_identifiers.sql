-- What a source tells of an account has no date of its own: it is known from the account's day.
{%- set told_by_customers = key_kinds() + ['device_id', 'household_id', 'address', 'birth_date'] %}

with

source_keys as (

    select * from {{ ref('int_source_keys') }}
    {{ where_touched('int_source_keys') }}

),

customers as (

    select * from {{ ref('int_customers') }}
    {{ where_touched('int_customers') }}

),

source_systems as (

    select * from {{ ref('int_source_systems') }}

),

located as (

    -- Where a number that does not tell it is dialled: the customer's country, or the source's.
    select
        customers.*,
        coalesce(
            case
                when {{ is_all('customers.country', '[A-Za-z]{2}') }}
                    then upper(customers.country)
            end,
            source_systems.country
        ) as dialled_in
    from customers
    inner join source_systems on customers.source_system = source_systems.source_system

),

identifier_kinds as (

    select * from {{ ref('identifier_kinds') }}

),

placeholder_customers as (

    select * from {{ ref('placeholder_customers') }}

),

told as (
    {% for kind in told_by_customers %}
    select
        source_system,
        source_customer_id,
        '{{ kind }}' as identifier_kind,
        {{ normalised_identifier(kind, told_identifier(kind)) }} as identifier,
        dialled_in as country,
        cast(registered_at as date) as first_seen_date,
        cast(updated_at as date) as last_seen_date
    from located
    where {{ kind }} is not null
    union all
    {%- endfor %}
    -- The key itself may be one, as its source says, or as can be seen.
    {%- for kind in key_kinds() %}
    select
        source_keys.source_system,
        source_keys.source_customer_id,
        '{{ kind }}' as identifier_kind,
        {{ normalised_identifier(kind, 'source_keys.source_customer_id') }} as identifier,
        source_systems.country,
        source_keys.first_known_date as first_seen_date,
        cast(null as date) as last_seen_date
    from source_keys
    inner join source_systems on source_keys.source_system = source_systems.source_system
    where
        source_systems.customer_key = '{{ kind }}'
        {%- if kind == 'email' %}
        or (source_systems.customer_key is null and source_keys.source_customer_id like '%@%')
        {%- endif %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

in_full as (

    {{ identifiers_in_full('told') | indent }}

),

dated as (

    select
        source_system,
        source_customer_id,
        identifier_kind,
        identifier,
        case when count(first_seen_date) = count(*) then min(first_seen_date) end
            as first_seen_date,
        max(coalesce(last_seen_date, first_seen_date)) as last_seen_date
    from in_full
    group by source_system, source_customer_id, identifier_kind, identifier

),

nobodys as (

    select dated.identifier
    from (select distinct identifier from dated) as dated
    where exists (
        select 1 from placeholder_customers as patterns
        where lower(dated.identifier) like patterns.pattern
    )

),

described as (

    select
        source_keys.shop,
        source_keys.source_key,
        dated.source_system,
        dated.source_customer_id,
        dated.identifier_kind,
        dated.identifier,
        dated.first_seen_date,
        dated.last_seen_date,
        nobodys.identifier is not null
        or coalesce(length(dated.identifier) < identifier_kinds.shortest, false)
        or {{ is_one_sign('dated.identifier') }} as is_nobodys
    from dated
    inner join source_keys
        on
            dated.source_system = source_keys.source_system
            and dated.source_customer_id = source_keys.source_customer_id
    inner join identifier_kinds on dated.identifier_kind = identifier_kinds.kind
    left join nobodys on dated.identifier = nobodys.identifier

)

select * from described
