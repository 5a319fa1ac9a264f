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
        {{ all_but(['content_hash']) }},
        {{ reason_code(key=['source_campaign_id'], rules=[
            ('impossible_dates', 'end_date < start_date'),
        ]) }} as reason_code
    from campaigns

)

select * from judged
