-- The shop has no product table. A code's name is the one most invoices give it; remarks such as
-- "damaged" or "?" stand on stock corrections and are rare.
with

invoice_lines as (

    select * from {{ ref('base_online_retail__invoice_lines') }}

),

named as (

    select
        stock_code,
        description,
        count(*) as line_count,
        min(origin_file) as origin_file,
        min(origin_row) as origin_row,
        min(load_id) as load_id
    from invoice_lines
    group by stock_code, description

),

most_frequent as (

    select *
    from named
    qualify row_number() over (
        partition by stock_code
        order by description is null, line_count desc, description
    ) = 1

),

renamed as (

    select
        'online_retail' as source_system,
        stock_code as source_product_id,
        description as name,
        origin_file,
        origin_row,
        load_id
    from most_frequent

)

select * from renamed
