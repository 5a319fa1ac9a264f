with

invoice_lines as (

    select * from {{ source('raw_online_retail', 'invoice_lines') }}

),

parsed as (

    select
        InvoiceNo as invoice_number,
        trim(StockCode) as stock_code,
        nullif(trim(Description), '') as description,
        try_cast(Quantity as decimal(18, 4)) as quantity,
        try_cast(InvoiceDate as timestamp) as invoiced_at_local,
        try_cast(UnitPrice as decimal(18, 4)) as unit_price,
        -- Spreadsheets turned ids with gaps into floating point: 17850.0 is customer 17850.
        nullif(regexp_replace(trim(CustomerID), '\.0$', ''), '') as customer_id,
        nullif(nullif(trim(Country), ''), 'Unspecified') as country,
        {{ unparsed_values({
            'InvoiceDate': 'try_cast(InvoiceDate as timestamp)',
            'Quantity': 'try_cast(Quantity as decimal(18, 4))',
            'UnitPrice': 'try_cast(UnitPrice as decimal(18, 4))',
        }) }} as unparsed_values,
        _origin_file as origin_file,
        _origin_row as origin_row,
        _load_id as load_id
    from invoice_lines

)

select * from parsed
