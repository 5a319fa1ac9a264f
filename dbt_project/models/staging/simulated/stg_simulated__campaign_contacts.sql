with

campaign_tool_sends as (

    select * from {{ source('raw_simulated', 'campaign_tool_sends') }}

),

renamed as (

    select
        'simulated' as source_system,
        cast(campaign_id as varchar) as source_campaign_id,
        list || '-' || list_number as source_customer_id,
        medium as channel,
        case arm when 'sent' then 'treated' when 'holdout' then 'control' end as test_group,
        opened as is_opened,
        clicked as is_clicked,
        converted as is_converted,
        sent_at as contacted_at,
        cast({{ to_local('sent_at', 'Asia/Shanghai') }} as date) as contact_date,
        _origin_file as origin_file,
        _origin_row as origin_row,
        _load_id as load_id
    from campaign_tool_sends

)

select * from renamed
