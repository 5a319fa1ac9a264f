select
    dimension,
    dimension_value,
    affinity_rank,
    weight_share,
    total_spend,
    day_count,
    last_bought_date
from customer_preferences
where customer_id = $1 and affinity_rank <= 6
order by dimension desc, affinity_rank
