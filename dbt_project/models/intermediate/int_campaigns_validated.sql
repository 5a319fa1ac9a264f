{%- set key = ['source_campaign_id'] -%}

with

campaigns as (

    select
        *,
        {{ content_hash() }} as content_hash
    from {{ ref('input_campaigns') }}
    {{ where_touched('input_campaigns') }}

),

judged as (

    select
        *,
        {{ broken_rule(key, rules=[
            ('impossible_dates', 'end_date < start_date'),
        ]) }} as broken_rule
    from campaigns

),

told_apart as (

    {{ told_apart('judged', key) }}

)

select * from told_apart
