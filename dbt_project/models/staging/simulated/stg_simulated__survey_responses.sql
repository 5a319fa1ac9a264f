with

survey_answers as (

    select * from {{ source('raw_simulated', 'survey_answers') }}

),

renamed as (

    select
        'simulated' as source_system,
        survey as source_survey_id,
        panel || '-' || member as source_customer_id,
        question,
        answer,
        submitted_at as answered_at,
        cast({{ to_local('submitted_at', 'Asia/Shanghai') }} as date) as answer_date,
        _origin_file as origin_file,
        _origin_row as origin_row,
        _load_id as load_id
    from survey_answers

)

select * from renamed
