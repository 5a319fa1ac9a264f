with

survey_responses as (

    select * from {{ ref('input_survey_responses') }}

),

judged as (

    select
        *,
        {{ reason_code(
            key=['source_survey_id', 'source_customer_id', 'question'],
            latest='answered_at'
        ) }} as reason_code
    from survey_responses

)

select * from judged
