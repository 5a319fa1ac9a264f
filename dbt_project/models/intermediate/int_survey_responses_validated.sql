{%- set key = ['source_survey_id', 'source_customer_id', 'question'] -%}

with

survey_responses as (

    select
        *,
        {{ content_hash() }} as content_hash
    from {{ ref('input_survey_responses') }}
    {{ where_touched('input_survey_responses') }}

),

looked_up as (

    {{ with_refused_reason('survey_responses') | indent }}

),

judged as (

    select
        {{ all_but(['refused_reason']) }},
        {{ broken_rule(key, rules=refused_customer_rules()) }} as broken_rule
    from looked_up

),

told_apart as (

    {{ told_apart('judged', key, latest='answered_at') }}

)

select * from told_apart
