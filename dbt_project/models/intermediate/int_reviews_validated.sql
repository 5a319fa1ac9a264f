{%- set key = ['source_review_id'] -%}

with

reviews as (

    select
        *,
        {{ content_hash() }} as content_hash
    from {{ ref('input_reviews') }}
    {{ where_touched('input_reviews') }}

),

looked_up as (

    {{ with_refused_reason('reviews') | indent }}

),

judged as (

    select
        {{ all_but(['refused_reason']) }},
        {{ broken_rule(key, rules=refused_customer_rules() + [
            ('missing_date', 'review_date is null'),
            ('future_date', is_after_load('review_date')),
            ('missing_customer', 'source_customer_id is null'),
            ('impossible_rating', 'rating < 1 or rating > 5'),
        ]) }} as broken_rule
    from looked_up

),

told_apart as (

    {{ told_apart('judged', key) }}

)

select * from told_apart
