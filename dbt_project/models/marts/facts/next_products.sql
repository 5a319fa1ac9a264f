with

counts as (

    select * from {{ ref('next_product_counts') }}

),

products as (

    select * from {{ ref('products') }}

),

{{ fisher_exact_steps(
    'counts', 'buyer_count', 'customer_count', 'all_buyer_count', 'all_customer_count'
) }},

-- What too few bought next is not told, but could have been found: it counts as a test.
{{ false_discovery_steps('tested', 'shop, dimension', 'test_count') }},

measured as (

    select
        adjusted.shop,
        adjusted.as_of_date,
        adjusted.dimension,
        adjusted.first_value,
        adjusted.next_value,
        case when adjusted.dimension = 'product' then firsts.name else adjusted.first_value end
            as first_name,
        case when adjusted.dimension = 'product' then others.name else adjusted.next_value end
            as next_name,
        adjusted.customer_count,
        adjusted.next_order_count,
        adjusted.buyer_count,
        adjusted.all_customer_count,
        adjusted.all_buyer_count,
        cast(adjusted.buyer_count / adjusted.customer_count as double) as buyer_share,
        cast(adjusted.all_buyer_count / adjusted.all_customer_count as double) as overall_share,
        cast(
            adjusted.buyer_count * adjusted.all_customer_count
            / (adjusted.customer_count * adjusted.all_buyer_count) as double
        ) as lift,
        cast(adjusted.p_value as double) as p_value,
        cast(adjusted.q_value as double) as q_value,
        adjusted.q_value <= {{ var('false_discovery_rate') }} as is_significant
    from adjusted
    left join products as firsts
        on adjusted.dimension = 'product' and adjusted.first_value = firsts.product_id
    left join products as others
        on adjusted.dimension = 'product' and adjusted.next_value = others.product_id

)

select * from measured
