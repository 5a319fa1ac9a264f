with

campaigns as (

    select * from {{ ref('input_campaigns') }}

),

judged as (

    select
        *,
        {{ reason_code(key=['source_campaign_id'], rules=[
            ('impossible_dates', 'end_date < start_date'),
        ]) }} as reason_code
    from campaigns

)

select * from judged
