"""The tables that this package returns, column by column."""

from collections.abc import Mapping

Schema = Mapping[str, str]
"""Column name to pandas dtype, in column order."""

_MODEL: dict[str, str] = {"model_name": "str", "model_version": "str"}

CUSTOMER_SEGMENTS: Schema = {
    "customer_id": "str",
    "as_of_date": "datetime64[us]",
    **_MODEL,
    "segment_id": "int64",
    "segment_name": "str",
    "segment_name_zh": "str",
    "centroid_distance": "float64",
    "membership": "float64",
}
SEGMENT_PROFILES: Schema = {
    "as_of_date": "datetime64[us]",
    **_MODEL,
    "segment_id": "int64",
    "segment_name": "str",
    "feature_name": "str",
    "customer_count": "int64",
    "segment_median": "float64",
    "overall_median": "float64",
    "standardised_difference": "float64",
}
CUSTOMER_PREDICTIONS: Schema = {
    "customer_id": "str",
    "as_of_date": "datetime64[us]",
    **_MODEL,
    "prediction": "str",
    "target": "str",
    "horizon_days": "int64",
    "probability": "float64",
    "baseline_probability": "float64",
    "expected_amount": "float64",
    "lower_amount": "float64",
    "upper_amount": "float64",
    "baseline_amount": "float64",
    "is_model_served": "bool",
}
REASONS: Schema = {
    "customer_id": "str",
    "rank": "int64",
    "theme": "str",
    "feature": "str",
    "value": "float64",
    "typical_value": "float64",
    "effect": "float64",
}
PREDICTION_REASONS: Schema = {
    "as_of_date": "datetime64[us]",
    **_MODEL,
    "prediction": "str",
    "target": "str",
    **REASONS,
}
CUSTOMER_RECOMMENDATIONS: Schema = {
    "customer_id": "str",
    "as_of_date": "datetime64[us]",
    **_MODEL,
    "slot": "str",
    "rank": "int64",
    "product_id": "str",
    "score": "float64",
    "reason": "str",
    "because_product_id": "str",
    "reason_count": "int64",
}
CUSTOMER_NEXT_CATEGORIES: Schema = {
    "customer_id": "str",
    "as_of_date": "datetime64[us]",
    **_MODEL,
    "slot": "str",
    "rank": "int64",
    "category": "str",
    "score": "float64",
    "reason": "str",
    "because_category": "str",
    "reason_count": "int64",
}
SIMILAR_PRODUCTS: Schema = {
    "as_of_date": "datetime64[us]",
    **_MODEL,
    "product_id": "str",
    "rank": "int64",
    "similar_product_id": "str",
    "similarity": "float64",
}
CUSTOMER_SIMILAR: Schema = {
    "as_of_date": "datetime64[us]",
    **_MODEL,
    "customer_id": "str",
    "rank": "int64",
    "similar_customer_id": "str",
    "similarity": "float64",
    "shared_product_count": "int64",
    "shared_product_id": "str",
}
PREDICTION_OUTCOMES: Schema = {
    "as_of_date": "datetime64[us]",
    "model_name": "str",
    "prediction": "str",
    "target": "str",
    "kind": "str",
    "decile": "int64",
    "customer_count": "int64",
    "expected": "float64",
    "lowest_expected": "float64",
    "highest_expected": "float64",
    "actual": "float64",
    "baseline_expected": "float64",
}
_TEST: dict[str, str] = {
    "as_of_date": "datetime64[us]",
    "model_name": "str",
    "prediction": "str",
    "target": "str",
    "evaluated_on": "datetime64[us]",
}
MODEL_CURVES: Schema = {
    **_TEST,
    "curve": "str",
    "series": "str",
    "point": "int64",
    "x": "float64",
    "y": "float64",
    "lower_bound": "float64",
    "upper_bound": "float64",
    "customer_count": "int64",
}
FEATURE_IMPORTANCE: Schema = {
    **_TEST,
    "theme": "str",
    "feature": "str",
    "importance": "float64",
    "lower_bound": "float64",
    "upper_bound": "float64",
    "customer_count": "int64",
}
PURCHASE_TRACKING: Schema = {
    "as_of_date": "datetime64[us]",
    "model_name": "str",
    "evaluated_on": "datetime64[us]",
    "week": "int64",
    "ends_on": "datetime64[us]",
    "is_holdout": "bool",
    "actual_cumulative": "float64",
    "expected_cumulative": "float64",
    "customer_count": "int64",
}
ALIVE_GRID: Schema = {
    "as_of_date": "datetime64[us]",
    "model_name": "str",
    "repeat_order_days": "int64",
    "recency_days": "float64",
    "observed_days": "float64",
    "probability_alive": "float64",
}
SEGMENT_MAP: Schema = {
    "as_of_date": "datetime64[us]",
    **_MODEL,
    "kind": "str",
    "number": "int64",
    "label": "str",
    "segment_id": "int64",
    "x": "float64",
    "y": "float64",
    "x_share": "float64",
    "y_share": "float64",
}
MODEL_VERSIONS: Schema = {
    "as_of_date": "datetime64[us]",
    "prediction": "str",
    **_MODEL,
    "target": "str",
    "kind": "str",
    "horizon_days": "Int64",
    "description": "str",
    "eligible": "str",
    "outcome": "str",
    "method": "str",
    "baseline_name": "str",
    "baseline_features": "str",
    "features": "str",
    "feature_count": "int64",
    "is_latest": "bool",
    "is_pinned": "bool",
    "is_served": "bool",
    "served_since": "datetime64[us]",
    "made_for": "datetime64[us]",
    "trained_from": "datetime64[us]",
    "trained_to": "datetime64[us]",
    "row_count": "int64",
    "customer_count": "int64",
    "data_hash": "str",
    "verdict": "str",
    "verdict_reason": "str",
    "served_version": "str",
    "evaluated_on": "datetime64[us]",
    "metric": "str",
    "value": "float64",
    "lower_bound": "float64",
    "upper_bound": "float64",
    "baseline_value": "float64",
    "tested_customer_count": "int64",
    "metrics": "str",
    "code_hash": "str",
    "package_versions": "str",
}
CUSTOMER_LIFETIME_VALUE: Schema = {
    "customer_id": "str",
    "as_of_date": "datetime64[us]",
    **_MODEL,
    "probability_alive": "float64",
    "expected_order_days_next_90_days": "float64",
    "lower_order_days_next_90_days": "float64",
    "upper_order_days_next_90_days": "float64",
    "expected_order_days_next_365_days": "float64",
    "lower_order_days_next_365_days": "float64",
    "upper_order_days_next_365_days": "float64",
    "expected_order_day_value": "float64",
    "expected_value_next_90_days": "float64",
    "expected_value_next_365_days": "float64",
    "note": "str",
}
MODEL_METRICS: Schema = {
    "as_of_date": "datetime64[us]",
    **_MODEL,
    "prediction": "str",
    "target": "str",
    "evaluated_on": "datetime64[us]",
    "metric": "str",
    "value": "float64",
    "lower_bound": "float64",
    "upper_bound": "float64",
    "baseline_value": "float64",
    "customer_count": "int64",
    "note": "str",
}
LIFETIME_VALUES: Schema = {
    "customer_id": "str",
    "probability_alive": "float64",
    "expected_purchases": "float64",
    "expected_purchase_value": "float64",
    "expected_value": "float64",
}
FREQUENCY_COUNTS: Schema = {
    "frequency": "int64",
    "actual": "float64",
    "expected": "float64",
}
HOLDOUT_BY_PERIOD: Schema = {
    "period": "int64",
    "ends_after": "float64",
    "is_holdout": "bool",
    "actual": "float64",
    "expected": "float64",
    "actual_cumulative": "float64",
    "expected_cumulative": "float64",
}
HOLDOUT_BY_FREQUENCY: Schema = {
    "frequency": "int64",
    "customers": "int64",
    "actual_mean": "float64",
    "expected_mean": "float64",
    "same_as_before_mean": "float64",
}
COHORT_MONTHS: Schema = {
    "cohort_month": "datetime64[us]",
    "months_since_first": "int64",
    "customers": "int64",
    "active_customers": "float64",
    "purchases": "float64",
    "value": "float64",
    "cumulative_value": "float64",
}
