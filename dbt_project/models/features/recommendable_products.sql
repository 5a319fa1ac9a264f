-- What a shop sells, and what of it the rules of the seed recommendation_rules keep from being
-- recommended. What is listed counts as it is now: no source says what it was.
{{ config(materialized='view') }}

with

listed as (

    select * from {{ ref('int_products') }}

),

purchases as (

    select * from {{ ref('int_product_purchases') }}

),

line_kinds as (

    select * from {{ ref('line_kinds') }}

),

source_systems as (

    select * from {{ ref('int_source_systems') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where is_current

),

rules as (

    select * from {{ ref('recommendation_rules') }}

),

products as (

    select
        source_system,
        source_product_id
    from listed
    union
    select
        source_system,
        source_product_id
    from purchases

),

sold as (

    select
        purchases.source_system,
        purchases.source_product_id,
        max(purchases.order_date) as last_sold_date
    from purchases
    inner join source_systems on purchases.source_system = source_systems.source_system
    inner join as_of_dates
        on
            source_systems.shop = as_of_dates.shop
            and purchases.order_date < as_of_dates.as_of_date
    group by all

),

described as (

    select
        source_systems.shop,
        as_of_dates.as_of_date,
        products.source_system || ':' || products.source_product_id as product_id,
        listed.name,
        {{ last_of_path('listed.category_path') }} as category,
        listed.category_path,
        listed.brand,
        cast(listed.price as double) as price,
        listed.is_in_stock,
        as_of_dates.as_of_date - sold.last_sold_date as days_since_last_sale
    from products
    inner join source_systems on products.source_system = source_systems.source_system
    inner join as_of_dates on source_systems.shop = as_of_dates.shop
    left join listed
        on
            products.source_system = listed.source_system
            and products.source_product_id = listed.source_product_id
    left join sold
        on
            products.source_system = sold.source_system
            and products.source_product_id = sold.source_product_id
    left join line_kinds
        on
            products.source_system = line_kinds.source_system
            and products.source_product_id = line_kinds.source_product_id
    where line_kinds.line_kind is null

),

refused as (

    select
        described.product_id,
        bool_or(rules.slot in ('any', 'buy_again')) as is_refused_to_buy_again,
        bool_or(rules.slot in ('any', 'discover')) as is_refused_to_discover
    from described
    inner join rules
        on
            (rules.rule = 'not_in_stock' and not described.is_in_stock)
            or (
                rules.rule = 'not_sold_for_days'
                and described.days_since_last_sale > cast(rules.value as integer)
            )
            or (
                rules.rule = 'excluded_category'
                -- Of a path, a whole category: tea is not in teapots.
                and strpos(
                    ' > ' || described.category_path || ' > ', ' > ' || rules.value || ' > '
                ) > 0
            )
            or (rules.rule = 'excluded_product' and described.product_id = rules.value)
    group by described.product_id

),

told as (

    select
        described.shop,
        described.as_of_date,
        described.product_id,
        described.name,
        described.category,
        described.brand,
        described.price,
        not coalesce(refused.is_refused_to_buy_again, false) as is_for_buy_again,
        not coalesce(refused.is_refused_to_discover, false) as is_for_discover
    from described
    left join refused on described.product_id = refused.product_id

)

select * from told
