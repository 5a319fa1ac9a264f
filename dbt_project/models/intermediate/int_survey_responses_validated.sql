{%- set key = ['source_survey_id', 'source_customer_id', 'question'] -%}

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
        *,
        {{ broken_rule(key) }} as broken_rule
    from survey_responses

),

told_apart as (

    {{ told_apart('judged', key, latest='answered_at') }}

)

select * from told_apart
