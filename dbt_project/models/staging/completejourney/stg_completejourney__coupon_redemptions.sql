-- The same coupon code is printed by several campaigns: a coupon is a code of a campaign.
with

redemptions as (

    select * from {{ source('raw_completejourney', 'coupon_redemptions') }}

),

renamed as (

    select
        'completejourney' as source_system,
        campaign_id || '-' || coupon_upc as source_coupon_id,
        cast(household_id as varchar) as source_customer_id,
        cast(campaign_id as varchar) as source_campaign_id,
        {{ to_utc('redemption_date', 'America/New_York') }} as redeemed_at,
        cast(redemption_date as date) as redemption_date,
        _origin_file as origin_file,
        _origin_row as origin_row,
        _load_id as load_id
    from redemptions

)

select * from renamed
