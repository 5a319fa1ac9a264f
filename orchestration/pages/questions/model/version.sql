select
    prediction,
    target,
    kind,
    description,
    horizon_days,
    method,
    baseline_name,
    verdict,
    verdict_reason,
    metric,
    value,
    lower_bound,
    upper_bound,
    baseline_value,
    tested_customer_count,
    customer_count,
    evaluated_on,
    trained_from,
    trained_to,
    feature_count,
    model_version
from model_versions
where shop = $1 and prediction = $2
order by is_served desc, is_latest desc, model_version
limit 1
