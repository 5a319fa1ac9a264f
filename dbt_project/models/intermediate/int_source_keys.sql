with

customers as (

    select
        source_system,
        source_customer_id,
        cast(registered_at as date) as seen_date,
        registered_at is null as is_undated
    from {{ ref('int_customers') }}
    {{ where_touched('int_customers') }}

),

sightings as (

    select
        source_system,
        source_customer_id,
        order_date as seen_date
    from {{ ref('int_orders') }}
    {{ where_touched('int_orders') }}
    union all
    select
        source_system,
        source_customer_id,
        session_date
    from {{ ref('int_sessions') }}
    {{ where_touched('int_sessions') }}
    union all
    select
        source_system,
        source_customer_id,
        review_date
    from {{ ref('int_reviews') }}
    {{ where_touched('int_reviews') }}
    union all
    select
        source_system,
        source_customer_id,
        contact_date
    from {{ ref('int_campaign_contacts') }}
    {{ where_touched('int_campaign_contacts') }}
    union all
    select
        source_system,
        source_customer_id,
        redemption_date
    from {{ ref('int_coupon_redemptions') }}
    {{ where_touched('int_coupon_redemptions') }}
    union all
    select
        source_system,
        source_customer_id,
        answer_date
    from {{ ref('int_survey_responses') }}
    {{ where_touched('int_survey_responses') }}
    union all
    select
        source_system,
        source_customer_id,
        change_date
    from {{ ref('int_consents') }}
    {{ where_touched('int_consents') }}

),

source_systems as (

    select * from {{ ref('int_source_systems') }}

),

dated as (

    select
        *,
        seen_date is null as is_undated
    from sightings
    where source_customer_id is not null
    union all
    select
        source_system,
        source_customer_id,
        seen_date,
        is_undated
    from customers

),

source_keys as (

    select
        source_system,
        source_customer_id,
        -- Of whom there is a trace without a date has always been known: if a later trace gave the
        -- date, it would say that nobody was there before.
        case when not bool_or(is_undated) then min(seen_date) end as first_known_date
    from dated
    group by source_system, source_customer_id

),

described as (

    select
        source_systems.shop,
        source_keys.source_system || ':' || source_keys.source_customer_id as source_key,
        source_keys.source_system,
        source_keys.source_customer_id,
        source_keys.first_known_date
    from source_keys
    inner join source_systems on source_keys.source_system = source_systems.source_system

)

select * from described
