{%- set key = ['source_customer_id', 'purpose', 'changed_at'] -%}

with

consents as (

    select
        *,
        {{ content_hash() }} as content_hash
    from {{ ref('input_consents') }}
    {{ where_touched('input_consents') }}

),

looked_up as (

    {{ with_refused_reason('consents') | indent }}

),

judged as (

    select
        {{ all_but(['refused_reason']) }},
        {{ broken_rule(key, rules=refused_customer_rules()) }} as broken_rule
    from looked_up

),

told_apart as (

    {{ told_apart('judged', key) }}

)

select * from told_apart
