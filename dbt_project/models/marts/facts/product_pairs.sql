with

pair_counts as (

    select * from {{ ref('product_pair_counts') }}

),

products as (

    select * from {{ ref('products') }}

),

cells as (

    -- Each order counts as 1 / design_effect of one, rounded against the pair.
    select
        *,
        floor(order_count / design_effect) as with_both,
        ceil((value_order_count - order_count) / design_effect) as with_value_only,
        ceil((other_order_count - order_count) / design_effect) as with_other_only,
        floor(
            (basket_count - value_order_count - other_order_count + order_count) / design_effect
        ) as with_neither
    from pair_counts

),

counts as (

    select
        *,
        with_both + with_value_only as with_value,
        with_both + with_other_only as with_other,
        with_both + with_value_only + with_other_only + with_neither as with_any
    from cells

),

{{ fisher_exact_steps('counts', 'with_both', 'with_value', 'with_other', 'with_any') }},

-- Of pairs in too few orders nothing is told, but they could have been found: they count as tests.
{{ false_discovery_steps('tested', 'shop, dimension', 'test_count') }},

directed as (

    select
        *,
        dimension_value as this_value,
        other_value as that_value,
        value_order_count as this_count,
        other_order_count as that_count
    from adjusted
    union all
    select
        *,
        other_value as this_value,
        dimension_value as that_value,
        other_order_count as this_count,
        value_order_count as that_count
    from adjusted

),

measured as (

    select
        directed.shop,
        directed.as_of_date,
        directed.dimension,
        directed.this_value as dimension_value,
        directed.that_value as other_value,
        case when directed.dimension = 'product' then these.name else directed.this_value end
            as name,
        case when directed.dimension = 'product' then those.name else directed.that_value end
            as other_name,
        directed.order_count,
        directed.this_count as value_order_count,
        directed.that_count as other_order_count,
        cast(directed.order_count / directed.basket_count as double) as support,
        cast(directed.order_count / directed.this_count as double) as confidence,
        cast(
            directed.order_count * directed.basket_count
            / (directed.this_count * directed.that_count) as double
        ) as lift,
        directed.design_effect,
        cast(directed.p_value as double) as p_value,
        cast(directed.q_value as double) as q_value,
        directed.q_value <= {{ var('false_discovery_rate') }} as is_significant
    from directed
    left join products as these
        on directed.dimension = 'product' and directed.this_value = these.product_id
    left join products as those
        on directed.dimension = 'product' and directed.that_value = those.product_id

)

select * from measured
