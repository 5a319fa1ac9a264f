with

identities as (

    {{ persons_today() | indent }}

),

reporting_currencies as (

    select * from {{ ref('int_reporting_currencies') }}

),

households as (

    select * from {{ ref('feature_households') }}

),

shared_kinds as (

    select distinct
        customer_id,
        source_system || ':' || source_customer_id as source_key,
        other_source_system || ':' || other_source_customer_id as other_source_key,
        identifier_kind
    from {{ ref('identity_edges') }}
    where is_linked

),

counted as (

    select
        identities.shop,
        identities.customer_id,
        identities.as_of_date,
        identities.source_system,
        reporting_currencies.reporting_currency,
        reporting_currencies.reporting_decimals,
        count(*) as source_key_count
    from identities
    inner join reporting_currencies
        on identities.source_system = reporting_currencies.source_system
    group by all

),

joined as (

    select
        shop,
        customer_id,
        as_of_date,
        reporting_currency as currency,
        {{ joined_text('source_system', ', ', 'source_system') }} as source_systems,
        cast(reporting_decimals as integer) as reporting_decimals,
        cast(sum(source_key_count) as integer) as source_key_count
    from counted
    group by shop, customer_id, as_of_date, reporting_currency, reporting_decimals

),

shared as (

    select
        customer_id,
        source_key,
        other_source_key,
        {{ joined_text('identifier_kind', ', ', 'identifier_kind') }} as identifier_kinds
    from shared_kinds
    group by customer_id, source_key, other_source_key

),

explained as (

    select
        customer_id,
        {{ joined_text(
            "source_key || ' and ' || other_source_key || ' by ' || identifier_kinds", '; ',
            'source_key, other_source_key'
        ) }} as identity_evidence
    from shared
    group by customer_id

),

housed as (

    -- Who lives with no other customer is a household of one: sums by household lose nobody.
    select
        joined.{{ all_but(['as_of_date']) }},
        explained.identity_evidence,
        coalesce(households.household_id, joined.customer_id) as household_id,
        coalesce(households.household_customer_count, 1) as household_customer_count,
        households.household_found_by
    from joined
    left join explained on joined.customer_id = explained.customer_id
    left join households
        on
            joined.customer_id = households.customer_id
            and joined.as_of_date = households.as_of_date

)

select * from housed
