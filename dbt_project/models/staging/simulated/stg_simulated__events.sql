-- Hits of the web shop and touches in the app, in one language; the number of an event says in
-- which of the two.
with

web_shop_clickstream as (

    select * from {{ source('raw_simulated', 'web_shop_clickstream') }}

),

app_events as (

    select * from {{ source('raw_simulated', 'app_events') }}

),

hits as (

    select
        'simulated' as source_system,
        'web-' || hit_id as source_event_id,
        'web-' || customer_no as source_customer_id,
        cookie as device_id,
        case action
            when 'page_view' then 'view'
            when 'search' then 'search'
            when 'add_to_cart' then 'cart'
            when 'wishlist_add' then 'favourite'
            when 'checkout_complete' then 'purchase'
            else action
        end as event_kind,
        sku as source_product_id,
        'web-' || visit_id as session_id,
        'web' as place,
        search_term as query,
        cast(seconds as double) as dwell_seconds,
        hit_at as occurred_at,
        cast({{ to_local('hit_at', 'Asia/Shanghai') }} as date) as event_date,
        _origin_file as origin_file,
        _origin_row as origin_row,
        _load_id as load_id,
        _loaded_at as loaded_at
    from web_shop_clickstream

),

touches as (

    select
        'simulated' as source_system,
        'app-' || event_id as source_event_id,
        'app-' || user_id as source_customer_id,
        device as device_id,
        case name
            when 'item_impression_open' then 'view'
            when 'search_submit' then 'search'
            when 'cart_add' then 'cart'
            when 'item_like' then 'favourite'
            when 'order_paid' then 'purchase'
            else name
        end as event_kind,
        item_sku as source_product_id,
        'app-' || session as session_id,
        'app' as place,
        keyword as query,
        duration_ms / 1000.0 as dwell_seconds,
        {{ from_epoch_ms('client_ms') }} as occurred_at,
        cast({{ to_local(from_epoch_ms('client_ms'), 'Asia/Shanghai') }} as date) as event_date,
        _origin_file as origin_file,
        _origin_row as origin_row,
        _load_id as load_id,
        _loaded_at as loaded_at
    from app_events

),

unioned as (

    select * from hits
    {{ union_all_by_name() }}
    select * from touches

)

select * from unioned
