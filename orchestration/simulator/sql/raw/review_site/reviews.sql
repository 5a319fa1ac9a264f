-- Reviews; a verified one names the customer number of the web shop.
select
    review_id,
    author_id,
    case when is_verified then customer_no end as shop_customer_no,
    format('SKU{:05d}', product_id) as product,
    if(copy = 1 and kind = 'conflicting_duplicate', 1 + rating % 5, rating) as stars,
    review_text as body,
    language as lang,
    if(
        kind is not distinct from 'unparseable_date',
        'yesterday',
        strftime(utc(written_at), '%Y-%m-%d %H:%M:%S')
    ) as posted
from delivered('reviews', 'review_dirt')
join accounts using (person_id)
order by person_id, n, copy
