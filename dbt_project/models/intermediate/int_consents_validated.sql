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
        {{ all_but(['content_hash']) }},
        {{ reason_code(key=['source_customer_id', 'purpose', 'changed_at']) }} as reason_code
    from consents

)

select * from judged
