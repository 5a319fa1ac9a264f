-- A line shares the fate of its order: what has no customer as an order has none as lines.
with

order_lines as (

    select * from {{ ref('input_order_lines') }}

),

orders as (

    select * from {{ ref('int_orders_validated') }}
    where reason_code is distinct from 'duplicate_key'

),

line_kinds as (

    select * from {{ ref('line_kinds') }}

),

looked_up as (

    select
        order_lines.*,
        coalesce(line_kinds.line_kind, 'product') as line_kind,
        orders.source_order_id is null as is_orphan,
        orders.reason_code as order_reason_code
    from order_lines
    left join orders
        on
            order_lines.source_system = orders.source_system
            and order_lines.source_order_id = orders.source_order_id
    left join line_kinds
        on
            order_lines.source_system = line_kinds.source_system
            and order_lines.source_product_id = line_kinds.source_product_id

),

judged as (

    select
        {{ all_but(['is_orphan', 'order_reason_code']) }},
        {{ reason_code(key=['source_order_id', 'line_number'], rules=[
            ('missing_customer', "order_reason_code = 'missing_customer'"),
            ('rejected_order', 'order_reason_code is not null'),
            ('orphan_line', 'is_orphan'),
            ('missing_product', 'source_product_id is null'),
            ('missing_quantity', 'quantity is null'),
            ('zero_quantity', 'quantity = 0'),
            ('missing_amount', 'net_amount is null'),
            ('negative_price', "unit_price < 0 and line_kind = 'product'"),
        ]) }} as reason_code
    from looked_up

)

select * from judged
