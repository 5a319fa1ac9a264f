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
        {{ all_but(['content_hash']) }},
        {{ reason_code(
            key=['source_campaign_id', 'source_customer_id', 'contacted_at']
        ) }} as reason_code
    from campaign_contacts

)

select * from judged
