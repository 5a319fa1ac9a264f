{%- set key = ['source_campaign_id', 'source_customer_id', 'contacted_at'] -%}

with

campaign_contacts as (

    select
        *,
        {{ content_hash() }} as content_hash
    from {{ ref('input_campaign_contacts') }}
    {{ where_touched('input_campaign_contacts') }}

),

judged as (

    select
        *,
        {{ broken_rule(key) }} as broken_rule
    from campaign_contacts

),

told_apart as (

    {{ told_apart('judged', key) }}

)

select * from told_apart
