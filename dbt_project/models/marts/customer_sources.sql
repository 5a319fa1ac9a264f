with

identities as (

    {{ persons_today() | indent }}

),

reporting_currencies as (

    select * from {{ ref('int_reporting_currencies') }}

),

counted as (

    select
        identities.shop,
        identities.customer_id,
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
        reporting_currency as currency,
        {{ joined_text('source_system', ', ', 'source_system') }} as source_systems,
        cast(reporting_decimals as integer) as reporting_decimals,
        cast(sum(source_key_count) as integer) as source_key_count
    from counted
    group by shop, customer_id, reporting_currency, reporting_decimals

)

select * from joined
