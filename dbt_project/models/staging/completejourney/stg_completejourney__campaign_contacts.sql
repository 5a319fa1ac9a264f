-- The data names who received a campaign, not when: the mailing is dated the campaign's first day,
-- the earlier one of a campaign that is described twice.
with

contacts as (

    select * from {{ source('raw_completejourney', 'campaigns') }}

),

campaigns as (

    select
        campaign_id,
        min(start_date) as start_date
    from {{ source('raw_completejourney', 'campaign_descriptions') }}
    group by campaign_id

),

renamed as (

    select
        'completejourney' as source_system,
        cast(contacts.campaign_id as varchar) as source_campaign_id,
        cast(contacts.household_id as varchar) as source_customer_id,
        'mail' as channel,
        'treated' as test_group,
        {{ to_utc('campaigns.start_date', 'America/New_York') }} as contacted_at,
        cast(campaigns.start_date as date) as contact_date,
        contacts._origin_file as origin_file,
        contacts._origin_row as origin_row,
        contacts._load_id as load_id
    from contacts
    left join campaigns on contacts.campaign_id = campaigns.campaign_id

)

select * from renamed
