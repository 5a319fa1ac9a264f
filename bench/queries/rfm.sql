-- Recency, frequency and money in five quantiles each.
select
    customer_id,
    days_since_last_order,
    order_count,
    total_spend,
    ntile(5) over (order by days_since_last_order desc) as recency_score,
    ntile(5) over (order by order_count) as frequency_score,
    ntile(5) over (order by total_spend) as monetary_score
from warehouse.features.feature_purchases
where as_of_date = getvariable('day') and order_day_count > 0
