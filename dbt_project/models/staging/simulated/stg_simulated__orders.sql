{%- set placed_at = try_parse_timestamp('placed_at', '%Y-%m-%dT%H:%M:%SZ') %}
{%- set printed_at = try_parse_timestamp('printed_at', '%d/%m/%Y %H:%M') %}

with

web_shop_orders as (

    select * from {{ source('raw_simulated', 'web_shop_orders') }}

),

app_purchases as (

    select * from {{ source('raw_simulated', 'app_purchases') }}

),

till_receipts as (

    select * from {{ source('raw_simulated', 'till_receipts') }}

),

web_orders as (

    select
        'simulated' as source_system,
        order_no as source_order_id,
        'web-' || customer_no as source_customer_id,
        case when state = 'refunded' then 'return' else 'completed' end as status,
        'web' as channel,
        voucher_code as coupon_code,
        cast(utm_campaign as varchar) as source_campaign_id,
        currency,
        ship_country as shipping_country,
        ship_province as shipping_region,
        ship_city as shipping_city,
        {{ placed_at }} as ordered_at,
        cast({{ to_local(placed_at, 'Asia/Shanghai') }} as date) as order_date,
        cast(
            extract(hour from {{ to_local(placed_at, 'Asia/Shanghai') }}) as integer
        ) as order_hour,
        {{ unparsed_values({'placed_at': placed_at}) }} as unparsed_values,
        _origin_file as origin_file,
        _origin_row as origin_row,
        _load_id as load_id,
        _loaded_at as loaded_at
    from web_shop_orders

),

app_orders as (

    select
        'simulated' as source_system,
        purchase_id as source_order_id,
        'app-' || user_id as source_customer_id,
        case when type = 'REFUND' then 'return' else 'completed' end as status,
        'app' as channel,
        coupon as coupon_code,
        cast(push_campaign as varchar) as source_campaign_id,
        'CNY' as currency,
        delivery_city as shipping_city,
        {{ from_epoch_ms('paid_ms') }} as ordered_at,
        cast({{ to_local(from_epoch_ms('paid_ms'), 'Asia/Shanghai') }} as date) as order_date,
        cast(
            extract(hour from {{ to_local(from_epoch_ms('paid_ms'), 'Asia/Shanghai') }}) as integer
        ) as order_hour,
        _origin_file as origin_file,
        _origin_row as origin_row,
        _load_id as load_id,
        _loaded_at as loaded_at
    from app_purchases

),

till_orders as (

    select
        'simulated' as source_system,
        receipt_no as source_order_id,
        'card-' || card_no as source_customer_id,
        case when type = 'RETURN' then 'return' else 'completed' end as status,
        'store' as channel,
        store,
        coupon as coupon_code,
        'CNY' as currency,
        {{ to_utc(printed_at, 'Asia/Shanghai') }} as ordered_at,
        cast({{ printed_at }} as date) as order_date,
        cast(extract(hour from {{ printed_at }}) as integer) as order_hour,
        {{ unparsed_values({'printed_at': printed_at}) }} as unparsed_values,
        _origin_file as origin_file,
        _origin_row as origin_row,
        _load_id as load_id,
        _loaded_at as loaded_at
    from till_receipts

),

unioned as (

    select * from web_orders
    {{ union_all_by_name() }}
    select * from app_orders
    {{ union_all_by_name() }}
    select * from till_orders

)

select * from unioned
