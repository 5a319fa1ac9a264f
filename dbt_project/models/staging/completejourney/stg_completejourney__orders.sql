-- A basket has one household, one store and one time in the data; any line of it tells them.
with

transactions as (

    select * from {{ source('raw_completejourney', 'transactions') }}

),

baskets as (

    select
        basket_id,
        min(household_id) as household_id,
        min(store_id) as store_id,
        min(transaction_timestamp) as ordered_at,
        min(_origin_file) as origin_file,
        min(_origin_row) as origin_row,
        min(_load_id) as load_id,
        min(_loaded_at) as loaded_at
    from transactions
    group by basket_id

),

renamed as (

    select
        'completejourney' as source_system,
        cast(basket_id as varchar) as source_order_id,
        cast(household_id as varchar) as source_customer_id,
        'completed' as status,
        'store' as channel,
        cast(store_id as varchar) as store,
        'USD' as currency,
        ordered_at,
        cast({{ to_local('ordered_at', 'America/New_York') }} as date) as order_date,
        cast(
            extract(hour from {{ to_local('ordered_at', 'America/New_York') }}) as integer
        ) as order_hour,
        origin_file,
        origin_row,
        load_id,
        loaded_at
    from baskets

)

select * from renamed
