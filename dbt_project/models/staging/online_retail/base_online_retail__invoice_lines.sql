with

invoice_lines as (

    select * from {{ source('raw_online_retail', 'invoice_lines') }}

),

-- noqa: disable=CP02
parsed as (

    select
        invoiceno as invoice_number,
        trim(stockcode) as stock_code,
        nullif(trim(description), '') as description,
        try_cast(quantity as decimal(18, 4)) as quantity,
        try_cast(invoicedate as timestamp) as invoiced_at_local,
        try_cast(unitprice as decimal(18, 4)) as unit_price,
        -- Spreadsheets turned ids with gaps into floating point: 17850.0 is customer 17850.
        nullif(regexp_replace(trim(customerid), '\.0$', ''), '') as customer_id,
        nullif(nullif(trim(country), ''), 'Unspecified') as country,
        {{ unparsed_values({
            'InvoiceDate': 'try_cast(InvoiceDate as timestamp)',
            'Quantity': 'try_cast(Quantity as decimal(18, 4))',
            'UnitPrice': 'try_cast(UnitPrice as decimal(18, 4))',
        }) }} as unparsed_values,
        _origin_file as origin_file,
        _origin_row as origin_row,
        _load_id as load_id,
        _loaded_at as loaded_at
    from invoice_lines

)
-- noqa: enable=CP02

select * from parsed
