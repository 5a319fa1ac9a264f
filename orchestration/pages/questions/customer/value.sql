select
    profiles.currency,
    profiles.total_spend,
    profiles.order_count,
    profiles.average_order_value,
    profiles.total_spend_last_90_days,
    profiles.total_spend_previous_90_days,
    profiles.days_since_last_order,
    profiles.mean_days_between_orders,
    profiles.recency_score,
    profiles.frequency_score,
    profiles.monetary_score,
    rfm.silence_ratio,
    lifetime.expected_value_next_365_days,
    lifetime.expected_order_days_next_365_days,
    lifetime.lower_order_days_next_365_days,
    lifetime.upper_order_days_next_365_days
from customer_profiles as profiles
left join customer_rfm as rfm on profiles.customer_id = rfm.customer_id
left join customer_lifetime_value as lifetime on profiles.customer_id = lifetime.customer_id
where profiles.customer_id = $1
