select
    metric,
    value,
    lower_bound,
    upper_bound,
    baseline_value
from model_metrics
where
    shop = $1 and prediction = $2 and value is not null
    and metric in (
        'roc_auc', 'pr_auc', 'top_decile_lift', 'brier_score', 'expected_calibration_error',
        'bias_of_sum', 'base_rate', 'rank_correlation', 'mean_absolute_error', 'interval_coverage',
        'interval_coverage_top_fifth'
    )
order by metric
