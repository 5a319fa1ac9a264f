-- One row an event of a visit, forty seconds after the one before, give or take. The k-th view and
-- the k-th cart of a buying visit are about the k-th line of its order, because they draw the
-- product with the same key.
create or replace temp table events as
with numbered as (
    select *, unnest(range(event_count)) as i from visits
), staged as (
    select
        * exclude (searches, views, favourites, carts, buys),
        case
            when i < searches then 'search'
            when i < searches + views then 'view'
            when i < searches + views + favourites then 'favourite'
            when i < searches + views + favourites + carts then 'cart'
            else 'buy'
        end as stage,
        case stage
            when 'search' then 0
            when 'view' then 1 + i - searches
            when 'cart' then 1 + i - searches - views - favourites
            else 1
        end as line
    from numbered
), in_category as (
    select
        staged.*,
        if(
            draw('favourite', person_id, product_key, line) < favourite_share,
            favourite_category,
            slots.value::integer
        ) as category_id
    from staged
    join slots
        on slots.list = 'category'
        and slots.part = staged.persona_id::varchar
        and slots.slot = slot(draw('category', person_id, product_key, line))
)
select
    person_id,
    visit_no,
    i,
    channel,
    stage,
    if(
        stage in ('view', 'favourite', 'cart'),
        product_choice(
            in_category.category_id, product_count, brand_count, brand_loyalty, person_id,
            product_key, line
        ),
        null
    ) as product_id,
    language,
    is_signed_in,
    device_owner,
    device_no,
    started_at + to_seconds(
        40 * i + if(stage = 'buy', 0, floor(draw('pause', person_id, visit_no, i) * 30))
    ) as occurred_at,
    person_id as a,
    visit_no as b,
    i as c
from in_category
join shelves on in_category.category_id = shelves.category_id
order by person_id, visit_no, i;
