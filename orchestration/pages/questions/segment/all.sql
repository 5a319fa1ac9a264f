select
    segment_id,
    segment_name,
    segment_name_zh,
    currency,
    customer_count,
    customer_share,
    spend_share,
    median_order_count,
    median_total_spend,
    median_days_since_last_order,
    mean_repurchase_probability
from segment_portraits
where shop = $1
order by segment_id
