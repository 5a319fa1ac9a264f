with

baskets as (

    select * from {{ ref('known_baskets') }}

),

frequent as (

    select * from {{ ref('frequent_values') }}

),

families as (

    select
        shop,
        dimension,
        count(*) * (count(*) - 1) / 2 as test_count
    from frequent
    group by shop, dimension

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
            and ones.value_number < others.value_number
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
        pairs.order_count,
        ones.order_count as value_order_count,
        others.order_count as other_order_count,
        ones.basket_count,
        cast(families.test_count as bigint) as test_count,
        cast(
            1 + ones.peer_count / ones.basket_count * ones.likeness * others.likeness as double
        ) as design_effect
    from pairs
    inner join frequent as ones on pairs.value_number = ones.value_number
    inner join frequent as others on pairs.other_number = others.value_number
    inner join families on ones.shop = families.shop and ones.dimension = families.dimension

)

select * from measured
