with

events as (

    select * from {{ ref('input_events') }}

),

judged as (

    select
        *,
        {{ reason_code(key=['source_event_id'], rules=[
            ('missing_date', 'event_date is null'),
            ('missing_event_kind', 'event_kind is null'),
            ('missing_owner', 'coalesce(source_customer_id, device_id) is null'),
        ]) }} as reason_code
    from events

)

select * from judged
