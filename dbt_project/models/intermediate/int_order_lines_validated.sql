{%- set key = ['source_order_id', 'line_number'] -%}

-- A line shares the fate of its order: what has no customer as an order has none as lines.
with

order_lines as {{ not_held() }} (

    select
        *,
        {{ content_hash() }} as content_hash
    from {{ ref('input_order_lines') }}
    {{ where_touched('input_order_lines') }}

),

orders as {{ not_held() }} (

    select * from {{ ref('int_orders_validated') }}
    {{ where_touched('int_orders_validated') }}

),

line_kinds as (

    select * from {{ ref('line_kinds') }}

),

products as (

    select * from {{ ref('int_products') }}

),

sources_with_products as (

    select * from {{ ref('int_sources_with_products') }}

),

verdicts as {{ not_held() }} (

    {{ order_verdicts('orders') | indent }}

),

restated_orders as (

    {{ restated_orders('order_lines', 'verdicts') }}

),

looked_up as {{ not_held() }} (

    select
        order_lines.{{ all_but(['line_status']) }},
        {{ meant_status('order_lines', 'line_status') | indent(8) }} as line_status,
        {{ is_unknown_status('order_lines', 'line_status') | indent(8) }} as is_unknown_status,
        verdicts.source_customer_id,
        verdicts.status as order_status,
        verdicts.order_date,
        verdicts.ordered_at,
        verdicts.delivered_currency,
        verdicts.exchange_rate,
        verdicts.reporting_decimals,
        coalesce(line_kinds.line_kind, 'product') as line_kind,
        verdicts.source_order_id is null as is_orphan,
        verdicts.order_reason_code,
        case
            when restated_orders.restated_from is not null
                then {{ line_rank('order_lines.origin_file', 'verdicts.newest_file') }}
        end as export_rank,
        restated_orders.restated_from,
        -- Flagged, not rejected: what was bought is known, only not what it is.
        order_lines.source_product_id is not null
        and line_kinds.line_kind is null
        and sources_with_products.source_system is not null
        and products.source_product_id is null as is_orphan_product
    from order_lines
    left join verdicts
        on
            order_lines.source_system = verdicts.source_system
            and order_lines.source_order_id = verdicts.source_order_id
    left join restated_orders
        on
            order_lines.source_system = restated_orders.source_system
            and order_lines.source_order_id = restated_orders.source_order_id
    left join line_kinds
        on
            order_lines.source_system = line_kinds.source_system
            and order_lines.source_product_id = line_kinds.source_product_id
    left join products
        on
            order_lines.source_system = products.source_system
            and order_lines.source_product_id = products.source_product_id
    left join sources_with_products
        on order_lines.source_system = sources_with_products.source_system
    {{ join_statuses('order_lines', 'line_status') | indent }}

),

judged as {{ not_held() }} (

    select
        {{ all_but([
            'is_orphan', 'is_unknown_status', 'order_reason_code', 'export_rank', 'restated_from'
        ]) }},
        {{ broken_rule(key, rules=[
            ('rounded_key', is_rounded_number(['source_order_id', 'source_product_id'])),
            ('missing_customer', "order_reason_code = 'missing_customer'"),
            ('rejected_order', 'order_reason_code is not null'),
            ('orphan_line', 'is_orphan'),
            ('superseded', 'export_rank < restated_from'),
            ('cancelled_line', "line_status = 'cancelled'"),
            ('returned_line', "line_status = 'return'"),
            ('unknown_status', 'is_unknown_status'),
            ('missing_product', 'source_product_id is null'),
            ('missing_quantity', 'quantity is null'),
            ('zero_quantity', 'quantity = 0'),
            ('missing_amount', 'net_amount is null'),
            ('negative_price', "unit_price < 0 and line_kind = 'product'"),
        ]) }} as broken_rule
    from looked_up

),

told_apart as (

    {{ told_apart('judged', key) }}

)

select * from told_apart
