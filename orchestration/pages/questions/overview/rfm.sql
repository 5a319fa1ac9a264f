select
    recency_score,
    frequency_score,
    count(*) as customer_count,
    sum(total_spend) as spend,
    any_value(currency) as currency
from customer_rfm
where shop = $1
group by all
order by recency_score desc, frequency_score
