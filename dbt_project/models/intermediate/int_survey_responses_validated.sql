{%- set key = ['source_survey_id', 'source_customer_id', 'question'] -%}

with

survey_responses as (

    select
        *,
        {{ content_hash() }} as content_hash
    from {{ ref('input_survey_responses') }}
    {{ where_touched('input_survey_responses') }}

),

test_accounts as (

    select * from {{ ref('int_test_accounts') }}

),

looked_up as (

    select
        survey_responses.*,
        test_accounts.source_customer_id is not null as is_test_account
    from survey_responses
    left join test_accounts
        on
            survey_responses.source_system = test_accounts.source_system
            and survey_responses.source_customer_id = test_accounts.source_customer_id

),

judged as (

    select
        {{ all_but(['is_test_account']) }},
        {{ broken_rule(key, rules=[
            ('test_account', 'is_test_account'),
        ]) }} as broken_rule
    from looked_up

),

told_apart as (

    {{ told_apart('judged', key, latest='answered_at') }}

)

select * from told_apart
