select
    cohort_month,
    months_since_first_order,
    customer_count,
    retention_rate
from customer_cohorts
where
    shop = $1 and cohort_month >= date_trunc('month', as_of_date - 1) - interval 23 months
    and months_since_first_order <= 12
order by cohort_month desc, months_since_first_order
