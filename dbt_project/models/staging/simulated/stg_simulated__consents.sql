with

campaign_tool_permissions as (

    select * from {{ source('raw_simulated', 'campaign_tool_permissions') }}

),

renamed as (

    select
        'simulated' as source_system,
        list || '-' || list_number as source_customer_id,
        purpose,
        case action when 'opt_in' then true when 'opt_out' then false end as is_granted,
        logged_at as changed_at,
        cast({{ to_local('logged_at', 'Asia/Shanghai') }} as date) as change_date,
        _origin_file as origin_file,
        _origin_row as origin_row,
        _load_id as load_id
    from campaign_tool_permissions

)

select * from renamed
