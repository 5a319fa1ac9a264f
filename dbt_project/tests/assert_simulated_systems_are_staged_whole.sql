-- A row is an entity of the simulated source that has not the rows and the money in staging that
-- its raw tables hold together.
{%- set entities = {
    'customers': ['web_shop_customers', 'app_users', 'till_loyalty_cards', 'review_site_authors'],
    'orders': ['web_shop_orders', 'app_purchases', 'till_receipts'],
    'order_lines': ['web_shop_order_items', 'app_purchase_items', 'till_receipt_lines'],
    'events': ['web_shop_clickstream', 'app_events'],
} %}
{%- set money = {
    'web_shop_order_items': 'line_total',
    'app_purchase_items': 'paid_cents * 0.01',
    'till_receipt_lines': 'amount',
    'order_lines': 'net_amount',
} %}

with

{% for entity, tables in entities.items() %}
{% for table in tables %}
{{ table }} as (

    select
        '{{ entity }}' as entity,
        count(*) as row_count,
        {{ 'coalesce(sum(' ~ money[table] ~ '), 0)' if table in money else '0' }} as amount
    from {{ source('raw_simulated', table) }}

),
{% endfor %}

staged_{{ entity }} as (

    select
        '{{ entity }}' as entity,
        count(*) as row_count,
        {{ 'coalesce(sum(' ~ money[entity] ~ '), 0)' if entity in money else '0' }} as amount
    from {{ ref('stg_simulated__' ~ entity) }}

),
{% endfor %}

raw_rows as (
    {% for entity, tables in entities.items() %}
    {%- set is_last_entity = loop.last %}
    {%- for table in tables %}
    select * from {{ table }}
    {{ 'union all' if not (is_last_entity and loop.last) }}
    {%- endfor %}
    {%- endfor %}

),

staged_rows as (
    {% for entity in entities %}
    select * from staged_{{ entity }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

delivered as (

    select
        entity,
        sum(row_count) as row_count,
        sum(amount) as amount
    from raw_rows
    group by entity

)

select
    staged_rows.entity,
    staged_rows.row_count,
    delivered.row_count as row_count_read,
    staged_rows.amount,
    delivered.amount as amount_read
from staged_rows
inner join delivered on staged_rows.entity = delivered.entity
where staged_rows.row_count <> delivered.row_count or staged_rows.amount <> delivered.amount
