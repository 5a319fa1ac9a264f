select
    count(*) as customer_count,
    count(expected_value_next_365_days) as known_count,
    min(note) as note,
    sum(expected_order_days_next_90_days::decimal(18, 6)) as order_days,
    sum(expected_value_next_90_days::decimal(18, 4)) as value_90,
    sum(expected_value_next_365_days::decimal(18, 4)) as value_365
from customer_lifetime_value
where shop = $1
having count(*) > 0
