with

followed as (

    select * from {{ ref('followed_products') }}

),

totals as (

    -- Customers with anything of the dimension in the first order.
    select
        shop,
        dimension,
        count(distinct customer_id) as customer_count
    from followed
    where order_number = 1
    group by shop, dimension

),

counted as (

    select
        followed.shop,
        followed.as_of_date,
        followed.dimension,
        followed.dimension_value,
        totals.customer_count,
        count(case when followed.order_number = 1 then 1 end) as first_count,
        count(case when followed.order_number > 1 then 1 end) as later_count
    from followed
    inner join totals on followed.shop = totals.shop and followed.dimension = totals.dimension
    group by
        followed.shop,
        followed.as_of_date,
        followed.dimension,
        followed.dimension_value,
        totals.customer_count

),

known as (

    select
        *,
        first_count >= {{ var('pairs_minimum_orders') }}
        and first_count >= {{ var('pairs_minimum_support') }} * customer_count as is_first,
        later_count >= {{ var('pairs_minimum_orders') }}
        and later_count >= {{ var('pairs_minimum_support') }} * customer_count as is_next,
        row_number() over (order by shop, dimension, dimension_value) as value_number
    from counted

),

families as (

    -- A value never follows itself.
    select
        shop,
        dimension,
        cast(
            count_if(is_first) * count_if(is_next) - count_if(is_first and is_next) as bigint
        ) as test_count
    from known
    group by shop, dimension

),

numbered as (

    -- By number: what is joined with itself is counted in one narrow column.
    select
        followed.dimension,
        followed.customer_id,
        followed.order_number,
        known.value_number,
        known.is_first and followed.order_number = 1 as begins,
        known.is_next as may_follow
    from followed
    inner join known
        on
            followed.shop = known.shop
            and followed.dimension = known.dimension
            and followed.dimension_value = known.dimension_value

),

pairs as (

    select
        firsts.value_number as first_number,
        others.value_number as next_number,
        count(case when others.order_number = 1 then 1 end) as both_first_count,
        count(case when others.order_number = 2 then 1 end) as next_order_count,
        count(case when others.order_number > 1 then 1 end) as buyer_count
    from numbered as firsts
    inner join numbered as others
        on
            firsts.dimension = others.dimension
            and firsts.customer_id = others.customer_id
            and firsts.value_number <> others.value_number
    where firsts.begins and others.may_follow
    group by firsts.value_number, others.value_number
    having count(case when others.order_number > 1 then 1 end) >= {{ var('pairs_minimum_orders') }}

),

measured as (

    select
        firsts.shop,
        firsts.as_of_date,
        firsts.dimension,
        firsts.dimension_value as first_value,
        others.dimension_value as next_value,
        firsts.first_count - pairs.both_first_count as customer_count,
        pairs.next_order_count,
        pairs.buyer_count,
        others.customer_count - others.first_count as all_customer_count,
        others.later_count as all_buyer_count,
        families.test_count
    from pairs
    inner join known as firsts on pairs.first_number = firsts.value_number
    inner join known as others on pairs.next_number = others.value_number
    inner join families
        on firsts.shop = families.shop and firsts.dimension = families.dimension

)

select * from measured
