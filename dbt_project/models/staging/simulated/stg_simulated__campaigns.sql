with

campaign_tool_campaigns as (

    select * from {{ source('raw_simulated', 'campaign_tool_campaigns') }}

),

renamed as (

    select
        'simulated' as source_system,
        cast(campaign_id as varchar) as source_campaign_id,
        title as name,
        type as campaign_kind,
        first_day as start_date,
        last_day as end_date,
        has_holdout as has_control_group,
        _origin_file as origin_file,
        _origin_row as origin_row,
        _load_id as load_id
    from campaign_tool_campaigns

)

select * from renamed
