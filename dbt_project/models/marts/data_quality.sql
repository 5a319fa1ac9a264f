{%- set entities = [
    'customers', 'products', 'orders', 'order_lines', 'events', 'reviews', 'campaigns',
    'campaign_contacts', 'coupon_redemptions', 'survey_responses', 'consents',
] -%}

with

int_data_quality as (

    select * from {{ ref('int_data_quality') }}

),

reason_codes as (

    select * from {{ ref('reason_codes') }}

),

flagged_rows as (

    select * from {{ ref('int_flagged_rows') }}

),

source_systems as (

    select * from {{ ref('int_source_systems') }}

),

order_agreements as (

    select
        source_system,
        'orders' as entity,
        count(*) as stated_total_count,
        count_if(is_agreeing) / count(*) as agreeing_total_share
    from {{ ref('int_order_agreements') }}
    group by source_system

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where is_current

),

source_totals as (

    -- Counted at the other end, before validation, so that a row lost on the way shows.
    {%- for entity in entities %}
    select
        source_system,
        '{{ entity }}' as entity,
        count(*) as source_row_count,
        {{ 'sum(net_amount)' if entity == 'order_lines' else 'cast(null as decimal(38, 4))' }}
            as source_amount
    from {{ ref('input_' ~ entity) }}
    group by source_system
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

flagged as (

    select
        source_system,
        entity,
        delivered_currency as currency,
        count(distinct row_key) as flagged_row_count
    from flagged_rows
    group by source_system, entity, delivered_currency

),

compared as (

    select
        source_totals.source_system,
        source_totals.entity,
        int_data_quality.reason_code,
        int_data_quality.currency,
        coalesce(int_data_quality.row_count, 0) as row_count,
        source_totals.source_row_count,
        int_data_quality.amount,
        -- Money of several currencies comes to nothing.
        case
            when not coalesce(
                min(int_data_quality.currency) over one_entity
                <> max(int_data_quality.currency) over one_entity,
                false
            ) then source_totals.source_amount
        end as source_amount
    from source_totals
    left join int_data_quality
        on source_totals.source_system = int_data_quality.source_system
        and source_totals.entity = int_data_quality.entity
    window one_entity as (partition by source_totals.source_system, source_totals.entity)

),

explained as (

    select
        source_systems.shop,
        compared.source_system,
        compared.entity,
        case when compared.reason_code is null then 'accepted' else 'quarantined' end as outcome,
        coalesce(compared.reason_code, 'accepted') as reason_code,
        compared.currency,
        as_of_dates.as_of_date,

        reason_codes.name as reason_name,
        reason_codes.name_zh as reason_name_zh,
        reason_codes.severity,
        reason_codes.description as meaning,
        reason_codes.advice as what_to_do,

        coalesce(flagged.flagged_row_count, 0) as flagged_row_count,
        order_agreements.stated_total_count,
        order_agreements.agreeing_total_share,
        compared.row_count,
        compared.source_row_count,
        compared.row_count / compared.source_row_count as row_share,
        cast(compared.amount as decimal(18, 4)) as amount,
        cast(compared.source_amount as decimal(18, 4)) as source_amount
    from compared
    inner join source_systems on compared.source_system = source_systems.source_system
    left join reason_codes on compared.reason_code = reason_codes.reason_code
    -- A flag is a mark on an accepted row, not a third verdict.
    left join flagged
        on compared.reason_code is null
        and compared.source_system = flagged.source_system
        and compared.entity = flagged.entity
        and compared.currency is not distinct from flagged.currency
    left join order_agreements
        on compared.reason_code is null
        and compared.source_system = order_agreements.source_system
        and compared.entity = order_agreements.entity
    -- Without a single order there is no as_of_date, and the reasons matter all the more.
    left join as_of_dates on source_systems.shop = as_of_dates.shop

)

select * from explained
