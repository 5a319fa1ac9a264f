with

campaigns as (

    select * from {{ source('raw_completejourney', 'campaign_descriptions') }}

),

renamed as (

    select
        'completejourney' as source_system,
        cast(campaign_id as varchar) as source_campaign_id,
        'Campaign ' || campaign_id as name,
        campaign_type as campaign_kind,
        cast(start_date as date) as start_date,
        cast(end_date as date) as end_date,
        _origin_file as origin_file,
        _origin_row as origin_row,
        _load_id as load_id
    from campaigns

)

select * from renamed
