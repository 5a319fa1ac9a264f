-- One row a review of an order's first product. What was felt is the person's satisfaction, the
-- product's quality and noise; stars and the tone of the text both follow it, so a text says what
-- its stars say but for what rounding hides.
create or replace temp table reviews as
with written as (
    select
        orders.person_id,
        orders.n,
        orders.order_id,
        orders.channel,
        orders.language,
        product_id,
        person_satisfaction + products.quality
        + getvariable('review_noise') * normal('review', orders.person_id, orders.n)
            as felt,
        greatest(1, least(5, round(3.6 + 1.1 * felt)))::integer as rating,
        case when felt < -0.6 then 'negative' when felt < 0.1 then 'neutral'
            else 'positive' end as sentiment,
        date_trunc('second', orders.ordered_at + to_seconds(
            (2 + draw('review day', orders.person_id, orders.n) * 12) * 86400
        )) as written_at
    from orders
    join order_lines
        on orders.person_id = order_lines.person_id
        and orders.n = order_lines.n
        and order_lines.line = 1
    join products using (product_id)
    join people on orders.person_id = people.person_id
    anti join order_dirt on orders.a = order_dirt.a and orders.b = order_dirt.b
    where draw('reviews', orders.person_id, orders.n) < review_share
), phrased as (
    select
        written.*,
        openings.opening
        || if(written.language = 'zh', '', ' ')
        || details.detail as review_text
    from written
    join review_phrases as openings
        on written.language = openings.language
        and written.sentiment = openings.sentiment
        and openings.number = floor(draw('opening', person_id, n) * 4)
    join review_phrases as details
        on written.language = details.language
        and written.sentiment = details.sentiment
        and details.number = floor(draw('detail', person_id, n) * 4)
)
select
    *,
    person_id * 10000 + n as review_id,
    channel = 'web' and draw('verified', person_id, n) < getvariable('verified_review_share')
        as is_verified,
    person_id as a,
    n as b,
    0 as c
from phrased
where written_at < getvariable('start_date') + getvariable('days')
order by person_id, n;
