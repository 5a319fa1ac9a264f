-- One row a line of an order: the category is the person's favourite or one of the persona's mix,
-- the brand the person's own of that category or any, the product a popular one rather than a rare.
create or replace temp table order_lines as
with numbered as (
    select *, unnest(range(1, 1 + line_count)) as line
    from orders
), in_category as (
    select
        numbered.*,
        if(
            draw('favourite', person_id, n, line) < favourite_share,
            favourite_category,
            slots.value::integer
        ) as category_id
    from numbered
    join slots
        on slots.list = 'category'
        and slots.part = numbered.persona_id::varchar
        and slots.slot = slot(draw('category', person_id, n, line))
), chosen as (
    select
        in_category.* exclude (category_id),
        product_choice(
            in_category.category_id, product_count, brand_count, brand_loyalty, person_id, n, line
        ) as product_id
    from in_category
    join shelves on in_category.category_id = shelves.category_id
), priced as (
    select
        chosen.*,
        products.price,
        1 + least(geometric('quantity', 0.25, person_id, n, line), 9) as quantity,
        cast(
            round(
                price * quantity
                * (promotion_discount + if(coupon_campaign is not null, 0.1, 0)),
                2
            ) as decimal(12, 2)
        ) as discount
    from chosen
    join products on chosen.product_id = products.product_id
)
select
    person_id,
    n,
    line,
    order_id,
    channel,
    product_id,
    quantity,
    price,
    discount,
    cast(price * quantity as decimal(12, 2)) - discount as net_amount,
    return_rate,
    ordered_at,
    store,
    person_id as a,
    n as b,
    line as c
from priced
order by person_id, n, line;
