-- The same two dates as in int_customer_days: a return lowers the day of the purchase from the day
-- of the return on.
{%- set dimensions = ['category', 'brand'] %}

with

order_lines as (

    select * from {{ ref('int_order_lines') }}
    where
        line_kind = 'product' and quantity > 0 and order_status is distinct from 'cancelled'
        {{ and_touched('int_order_lines', {'activity_date': 'int_order_lines.order_date'}) }}

),

return_matches as (

    select * from {{ ref('int_return_matches') }}
    {{ where_touched('int_return_matches', {'activity_date': 'int_return_matches.purchase_date'}) }}

),

products as (

    select
        source_system,
        source_product_id,
        brand,
        {{ last_of_path('category_path') }} as category
    from {{ ref('int_products') }}

),

product_values as (
    {% for dimension in dimensions %}
    select
        source_system,
        source_product_id,
        '{{ dimension }}' as dimension,
        {{ dimension }} as dimension_value
    from products
    where {{ dimension }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

bought as (

    select
        source_system,
        source_customer_id,
        source_product_id,
        order_date as activity_date,
        order_date as known_date,
        net_amount
    from order_lines

),

given_back as (

    select
        source_system,
        source_customer_id,
        source_product_id,
        purchase_date as activity_date,
        return_date as known_date,
        matched_amount as net_amount
    from return_matches
    where purchase_date is not null

),

unioned as (

    select * from bought
    union all
    select * from given_back

),

added_up as (

    select
        unioned.source_system,
        unioned.source_customer_id,
        product_values.dimension,
        product_values.dimension_value,
        unioned.activity_date,
        unioned.known_date,
        cast(sum(unioned.net_amount) as decimal(18, 4)) as net_amount
    from unioned
    inner join product_values
        on
            unioned.source_system = product_values.source_system
            and unioned.source_product_id = product_values.source_product_id
    group by all

)

select * from added_up
