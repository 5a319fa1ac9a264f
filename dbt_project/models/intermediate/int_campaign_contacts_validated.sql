{%- set key = ['source_campaign_id', 'source_customer_id', 'contacted_at'] -%}

with

campaign_contacts as (

    select
        *,
        {{ content_hash() }} as content_hash
    from {{ ref('input_campaign_contacts') }}
    {{ where_touched('input_campaign_contacts') }}

),

looked_up as (

    {{ with_refused_reason('campaign_contacts') | indent }}

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
