{%- set key = ['source_review_id'] -%}

with

reviews as (

    select
        *,
        {{ content_hash() }} as content_hash
    from {{ ref('input_reviews') }}
    {{ where_touched('input_reviews') }}

),

test_accounts as (

    select * from {{ ref('int_test_accounts') }}

),

looked_up as (

    select
        reviews.*,
        test_accounts.source_customer_id is not null as is_test_account
    from reviews
    left join test_accounts
        on
            reviews.source_system = test_accounts.source_system
            and reviews.source_customer_id = test_accounts.source_customer_id

),

judged as (

    select
        {{ all_but(['is_test_account']) }},
        {{ broken_rule(key, rules=[
            ('missing_date', 'review_date is null'),
            ('future_date', is_after_load('review_date')),
            ('missing_customer', 'source_customer_id is null'),
            ('impossible_rating', 'rating < 1 or rating > 5'),
            ('test_account', 'is_test_account'),
        ]) }} as broken_rule
    from looked_up

),

told_apart as (

    {{ told_apart('judged', key) }}

)

select * from told_apart
