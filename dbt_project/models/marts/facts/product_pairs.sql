with

baskets as (

    select * from {{ ref('baskets') }}

),

products as (

    select * from {{ ref('products') }}

),

totals as (

    select
        shop,
        dimension,
        count(distinct order_id) as basket_count
    from baskets
    group by shop, dimension

),

counted as (

    select
        shop,
        as_of_date,
        dimension,
        dimension_value,
        count(*) as order_count
    from baskets
    group by shop, as_of_date, dimension, dimension_value

),

frequent as (

    select
        counted.shop,
        counted.as_of_date,
        counted.dimension,
        counted.dimension_value,
        case when counted.dimension = 'product' then products.name else counted.dimension_value end
            as name,
        counted.order_count,
        totals.basket_count,
        row_number() over (order by counted.shop, counted.dimension, counted.dimension_value)
            as value_number
    from counted
    inner join totals on counted.shop = totals.shop and counted.dimension = totals.dimension
    left join products
        on counted.dimension = 'product' and counted.dimension_value = products.product_id
    where
        counted.order_count >= {{ var('pairs_minimum_orders') }}
        and counted.order_count >= {{ var('pairs_minimum_support') }} * totals.basket_count

),

frequent_baskets as (

    -- By number: what is joined with itself is counted in one narrow column.
    select
        baskets.dimension,
        baskets.order_id,
        frequent.value_number
    from baskets
    inner join frequent
        on
            baskets.shop = frequent.shop
            and baskets.dimension = frequent.dimension
            and baskets.dimension_value = frequent.dimension_value

),

pairs as (

    select
        ones.value_number,
        others.value_number as other_number,
        count(*) as order_count
    from frequent_baskets as ones
    inner join frequent_baskets as others
        on
            ones.dimension = others.dimension
            and ones.order_id = others.order_id
            and ones.value_number <> others.value_number
    group by ones.value_number, others.value_number
    having count(*) >= {{ var('pairs_minimum_orders') }}

),

measured as (

    select
        ones.shop,
        ones.as_of_date,
        ones.dimension,
        ones.dimension_value,
        others.dimension_value as other_value,
        ones.name,
        others.name as other_name,
        pairs.order_count,
        ones.order_count as value_order_count,
        others.order_count as other_order_count,
        cast(pairs.order_count / ones.basket_count as double) as support,
        cast(pairs.order_count / ones.order_count as double) as confidence,
        cast(
            pairs.order_count * ones.basket_count / (ones.order_count * others.order_count)
            as double
        ) as lift
    from pairs
    inner join frequent as ones on pairs.value_number = ones.value_number
    inner join frequent as others on pairs.other_number = others.value_number

)

select * from measured
