with

campaign_tool_coupon_uses as (

    select * from {{ source('raw_simulated', 'campaign_tool_coupon_uses') }}

),

renamed as (

    select
        'simulated' as source_system,
        coupon as source_coupon_id,
        list || '-' || list_number as source_customer_id,
        cast(campaign_id as varchar) as source_campaign_id,
        order_ref as source_order_id,
        used_at as redeemed_at,
        cast({{ to_local('used_at', 'Asia/Shanghai') }} as date) as redemption_date,
        _origin_file as origin_file,
        _origin_row as origin_row,
        _load_id as load_id
    from campaign_tool_coupon_uses

)

select * from renamed
