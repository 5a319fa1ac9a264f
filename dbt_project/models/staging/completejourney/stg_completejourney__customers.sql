with

demographics as (

    select * from {{ source('raw_completejourney', 'demographics') }}

),

renamed as (

    select
        'completejourney' as source_system,
        cast(household_id as varchar) as source_customer_id,
        age as age_band,
        income as income_band,
        lower(marital_status) as marital_status,
        cast(household_id as varchar) as household_id,
        household_size,
        household_comp as household_type,
        kids_count as children_count,
        lower(home_ownership) as home_ownership,
        'US' as country,
        _origin_file as origin_file,
        _origin_row as origin_row,
        _load_id as load_id
    from demographics

)

select * from renamed
