-- Decayed TF-IDF preferences for categories and brands, the best five a customer and dimension.
with

bought as (

    select
        lines.source_system,
        lines.source_customer_id,
        unnest([
            struct_pack(dimension := 'category', dimension_value := products.category_path),
            struct_pack(dimension := 'brand', dimension_value := products.brand)
        ], recursive := true),
        lines.net_amount * power(0.5, (getvariable('day') - lines.order_date) / 60.0) as decayed_spend
    from warehouse.intermediate.int_order_lines as lines
    inner join warehouse.intermediate.int_products as products
        on
            lines.source_system = products.source_system
            and lines.source_product_id = products.source_product_id
    where lines.order_status <> 'cancelled' and lines.order_date < getvariable('day')

),

terms as (

    select
        source_system,
        source_customer_id,
        dimension,
        dimension_value,
        sum(decayed_spend) as decayed_spend
    from bought
    where dimension_value is not null
    group by all
    having sum(decayed_spend) > 0

),

documents as (

    select dimension, dimension_value, count(*) as customer_count
    from terms
    group by all

),

populations as (

    select dimension, count(distinct (source_system, source_customer_id)) as customer_count
    from terms
    group by all

),

weighed as (

    select
        terms.*,
        terms.decayed_spend / sum(terms.decayed_spend) over (
            partition by terms.source_system, terms.source_customer_id, terms.dimension
        ) * ln(populations.customer_count / documents.customer_count) as tf_idf
    from terms
    inner join documents
        on
            terms.dimension = documents.dimension
            and terms.dimension_value = documents.dimension_value
    inner join populations on terms.dimension = populations.dimension

)

select *
from weighed
qualify row_number() over (
    partition by source_system, source_customer_id, dimension order by tf_idf desc
) <= 5
