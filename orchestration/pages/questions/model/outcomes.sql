select
    as_of_date,
    decile,
    customer_count,
    expected,
    actual,
    baseline_expected
from prediction_outcomes
where shop = $1 and prediction = $2
order by as_of_date desc, decile
