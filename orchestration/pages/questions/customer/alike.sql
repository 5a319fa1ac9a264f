select
    rank,
    similar_customer_id,
    similarity,
    shared_product_count,
    shared_product_name
from customer_similar
where customer_id = $1
order by rank
