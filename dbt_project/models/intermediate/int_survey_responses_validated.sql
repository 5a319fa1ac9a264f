with

survey_responses as (

    select
        *,
        {{ content_hash() }} as content_hash
    from {{ ref('input_survey_responses') }}
    {{ where_touched('input_survey_responses') }}

),

judged as (

    select
        {{ all_but(['content_hash']) }},
        {{ reason_code(
            key=['source_survey_id', 'source_customer_id', 'question'],
            latest='answered_at'
        ) }} as reason_code
    from survey_responses

)

select * from judged
