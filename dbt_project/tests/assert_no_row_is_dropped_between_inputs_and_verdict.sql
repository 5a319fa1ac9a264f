-- A failing row is an entity of a source system that has more or fewer rows, or more or less money,
-- after validation than its source delivered.
{%- set entities = [
    'customers', 'products', 'orders', 'order_lines', 'events', 'reviews', 'campaigns',
    'campaign_contacts', 'coupon_redemptions', 'survey_responses', 'consents',
] %}

with

delivered as (
    {% for entity in entities %}
    select
        source_system,
        '{{ entity }}' as entity,
        count(*) as row_count,
        {{ 'sum(net_amount)' if entity == 'order_lines' else 'null' }} as amount
    from {{ ref('input_' ~ entity) }}
    group by source_system
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

judged as (

    select
        source_system,
        entity,
        sum(row_count) as row_count,
        sum(amount) as amount
    from {{ ref('int_data_quality') }}
    group by source_system, entity

),

compared as (

    select
        coalesce(delivered.source_system, judged.source_system) as source_system,
        coalesce(delivered.entity, judged.entity) as entity,
        delivered.row_count as delivered_row_count,
        judged.row_count as judged_row_count,
        delivered.amount as delivered_amount,
        judged.amount as judged_amount
    from delivered
    full outer join judged
        on
            delivered.source_system = judged.source_system
            and delivered.entity = judged.entity

)

select * from compared
where
    delivered_row_count is distinct from judged_row_count
    or delivered_amount is distinct from judged_amount
