with

campaign_contacts as (

    select * from {{ ref('input_campaign_contacts') }}

),

judged as (

    select
        *,
        {{ reason_code(
            key=['source_campaign_id', 'source_customer_id', 'contacted_at']
        ) }} as reason_code
    from campaign_contacts

)

select * from judged
