with

master as (

    select * from {{ ref('int_products') }}

),

line_kinds as (

    select * from {{ ref('line_kinds') }}

),

source_systems as (

    select * from {{ ref('int_source_systems') }}

),

reporting_currencies as (

    select * from {{ ref('int_reporting_currencies') }}

),

sales as (

    select
        source_system,
        min(delivered_currency) as lowest_currency,
        max(delivered_currency) as highest_currency
    from {{ ref('int_orders') }}
    group by source_system

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where is_current

),

order_lines as (

    select
        *,
        -- What came back without its purchase was no sale here.
        case when quantity > 0 then quantity else 0 end - returned_quantity as kept_quantity,
        case when quantity > 0 then net_amount else 0 end - returned_amount as kept_amount
    from {{ ref('order_lines') }}
    where line_kind = 'product'

),

listed as (

    select
        source_systems.shop,
        master.source_system || ':' || master.source_product_id as product_id,
        as_of_dates.as_of_date,
        reporting_currencies.reporting_currency as currency,
        master.name,
        master.brand,
        {{ last_of_path('master.category_path') }} as category,
        master.category_path,
        cast(master.price as decimal(18, 4)) as price,
        -- A source that sells in one currency lists its prices in it; of another nobody knows.
        case
            when master.price is null then null
            when sales.source_system is null then reporting_currencies.reporting_currency
            when sales.lowest_currency = sales.highest_currency then sales.lowest_currency
        end as price_currency
    from master
    inner join source_systems on master.source_system = source_systems.source_system
    left join reporting_currencies
        on master.source_system = reporting_currencies.source_system
    left join sales on master.source_system = sales.source_system
    inner join as_of_dates on source_systems.shop = as_of_dates.shop
    left join line_kinds
        on
            master.source_system = line_kinds.source_system
            and master.source_product_id = line_kinds.source_product_id
    where coalesce(line_kinds.line_kind, 'product') = 'product'

),

sold as (

    select
        shop,
        product_id,
        as_of_date,
        currency,
        cast(sum(kept_quantity) as decimal(18, 4)) as quantity,
        count(distinct case when kept_quantity > 0 then customer_id end) as customer_count,
        count(distinct case when kept_quantity > 0 then order_id end) as order_count,
        cast(sum(kept_amount) as decimal(18, 4)) as total_spend,
        cast(sum(returned_amount) as decimal(18, 4)) as returned_amount,
        min(order_date) filter (where quantity > 0) as first_sold_date,
        max(order_date) filter (where quantity > 0) as last_sold_date
    from order_lines
    group by shop, product_id, as_of_date, currency

),

joined as (

    select
        coalesce(listed.shop, sold.shop) as shop,
        coalesce(listed.product_id, sold.product_id) as product_id,
        coalesce(listed.as_of_date, sold.as_of_date) as as_of_date,
        coalesce(listed.currency, sold.currency) as currency,
        listed.name,
        listed.brand,
        listed.category,
        listed.category_path,
        listed.product_id is not null as is_listed,
        listed.price,
        listed.price_currency,
        coalesce(sold.quantity, 0) as quantity,
        coalesce(sold.customer_count, 0) as customer_count,
        coalesce(sold.order_count, 0) as order_count,
        coalesce(sold.total_spend, 0) as total_spend,
        coalesce(sold.returned_amount, 0) as returned_amount,
        sold.first_sold_date,
        sold.last_sold_date
    from listed
    full outer join sold on listed.product_id = sold.product_id

)

select * from joined
