with

transactions as (

    select * from {{ source('raw_cdnow', 'transactions') }}

),

tidied as (

    select
        {{ collapse_spaces('line') }} as line,
        _origin_file as origin_file,
        _origin_row as origin_row,
        _load_id as load_id,
        _loaded_at as loaded_at
    from transactions

),

split as (

    select
        split_part(line, ' ', 1) as customer_id,
        nullif(split_part(line, ' ', 2), '') as order_day,
        nullif(split_part(line, ' ', 3), '') as cd_count,
        nullif(split_part(line, ' ', 4), '') as dollars,
        nullif(split_part(line, ' ', 5), '') as surplus,
        origin_file,
        origin_row,
        load_id,
        loaded_at
    from tidied

),

parsed as (

    select
        customer_id,
        {{ try_parse_compact_date('order_day') }} as order_date,
        try_cast(cd_count as decimal(18, 4)) as quantity,
        try_cast(dollars as decimal(18, 4)) as net_amount,
        {{ unparsed_values({
            'order_day': try_parse_compact_date('order_day'),
            'cd_count': 'try_cast(cd_count as decimal(18, 4))',
            'dollars': 'try_cast(dollars as decimal(18, 4))',
            'surplus': 'null',
        }) }} as unparsed_values,
        origin_file,
        origin_row,
        load_id,
        loaded_at
    from split

)

select * from parsed
