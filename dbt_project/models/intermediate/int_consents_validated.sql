{%- set key = ['source_customer_id', 'purpose', 'changed_at'] -%}

with

consents as (

    select
        *,
        {{ content_hash() }} as content_hash
    from {{ ref('input_consents') }}
    {{ where_touched('input_consents') }}

),

judged as (

    select
        *,
        {{ broken_rule(key) }} as broken_rule
    from consents

),

told_apart as (

    {{ told_apart('judged', key) }}

)

select * from told_apart
