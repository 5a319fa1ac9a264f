with

customer_features as (

    select * from {{ ref('customer_features') }}
    {{ where_touched('customer_features') }}

),

compared as (

    -- Without orders there is no basket, and without a category the source tells none: both stay
    -- out of the comparison.
    select
        shop,
        customer_id,
        as_of_date,
        lines_per_order,
        average_order_value,
        case when category_count > 0 then cast(category_count as bigint) end as category_count
    from customer_features

),

measured as (

    select
        *,
        {{ mid_percentile('lines_per_order') }} as lines_per_order_percentile,
        {{ mid_percentile('average_order_value') }} as average_order_value_percentile,
        {{ mid_percentile('category_count') }} as category_count_percentile
    from compared

),

tagged as (

    select
        shop,
        customer_id,
        as_of_date,

        {{ banded('basket_size_tier', 'lines_per_order_percentile') }} as basket_size_tier,
        {{ banded('basket_value_tier', 'average_order_value_percentile') }} as basket_value_tier,
        {{ banded('variety_tier', 'category_count_percentile') }} as variety_tier,

        lines_per_order,
        lines_per_order_percentile,
        average_order_value,
        average_order_value_percentile,
        category_count,
        category_count_percentile
    from measured

)

select * from tagged
