select
    order_date,
    count(*) filter (is_purchase) as order_count,
    sum(net_amount) as net_amount,
    sum(returned_amount) as returned_amount,
    bool_or(is_value_unknown) as has_unknown_value,
    any_value(currency) as currency
from orders
where customer_id = $1
group by order_date
order by order_date desc
limit 1000
