-- Each line of text is an order of its own; there is no order number, so its place in the file is
-- it.
with

transactions as (

    select * from {{ ref('base_cdnow__transactions') }}

),

renamed as (

    select
        'cdnow' as source_system,
        origin_file || '#' || origin_row as source_order_id,
        customer_id as source_customer_id,
        'completed' as status,
        'web' as channel,
        'USD' as currency,
        {{ to_utc('cast(order_date as timestamp)', 'America/New_York') }} as ordered_at,
        order_date,
        unparsed_values,
        origin_file,
        origin_row,
        load_id,
        loaded_at
    from transactions

)

select * from renamed
