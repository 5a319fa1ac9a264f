with

return_matches as (

    select * from {{ ref('int_return_matches') }}

),

order_totals as (

    select * from {{ ref('int_order_totals') }}

),

customers as (

    select * from {{ ref('current_customer_keys') }}
    {{ where_touched('current_customer_keys') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where is_current

),

known as (

    select
        customers.shop,
        customers.customer_id,
        return_matches.*
    from return_matches
    inner join customers
        on
            return_matches.source_system = customers.source_system
            and return_matches.source_customer_id = customers.source_customer_id
    inner join as_of_dates
        on
            customers.shop = as_of_dates.shop
            and return_matches.return_date < as_of_dates.as_of_date

),

numbered as (

    select
        known.*,
        order_totals.channel,
        order_totals.store,
        row_number() over (
            partition by known.source_system, known.return_order_id, known.return_line_number
            order by
                known.purchase_date desc nulls last,
                known.purchase_order_id desc,
                known.purchase_line_number desc
        ) as part_number
    from known
    inner join order_totals
        on
            known.source_system = order_totals.source_system
            and known.return_order_id = order_totals.source_order_id

),

described as (

    select
        shop,
        customer_id,
        source_system || ':' || return_order_id as order_id,
        source_system,
        source_system || ':' || source_product_id as product_id,
        source_system || ':' || purchase_order_id as purchase_order_id,
        channel,
        store,

        cast(return_line_number as bigint) as line_number,
        part_number,
        cast(purchase_line_number as bigint) as purchase_line_number,
        return_date - purchase_date as days_to_return,
        cast(matched_quantity as decimal(18, 4)) as quantity,
        cast(-matched_amount as decimal(18, 4)) as returned_amount,

        return_date,
        purchase_date
    from numbered

)

select * from described
