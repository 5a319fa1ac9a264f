"""What is known of the models of the shop `lantern`, and that `single` has none."""

from collections.abc import Iterator

from orchestration.quoting import quoted
from tests.pages.names import ACTING


def rows_of_models() -> Iterator[tuple[str, str]]:
    """Tables with what to put into them."""
    target = "'lantern' as shop, 'repurchase' as prediction, 'has_ordered_next_30_days' as target"
    yield (
        "model_metrics",
        f"""
        select {target}, metric, value, lower_bound, upper_bound, baseline_value,
            'as told' as note, 60 as customer_count, date '2024-03-01' as evaluated_on
        from (values
            ('status', 1, null, null, null), ('roc_auc', 0.8, 0.75, 0.85, 0.7),
            ('bias_of_sum', -0.1, -0.2, 0.05, 0.1)
        ) as metrics (metric, value, lower_bound, upper_bound, baseline_value)
        """,
    )
    yield (
        "model_metrics",
        f"""
        select 'single' as shop, 'repurchase' as prediction, 'status' as metric,
            'has_ordered_next_30_days' as target, {quoted(ACTING)} as note
        """,
    )
    yield (
        "model_versions",
        f"""
        select {target}, 'abc' as model_version, 'event' as kind, 'Who orders.' as description,
            30 as horizon_days, 'model' as verdict, true as is_served, true as is_latest
        """,
    )
    yield (
        "model_curves",
        f"""
        select {target}, curve, series, point, point / 10.0 as x, point / 10.0 as y,
            point / 12.0 as lower_bound, point / 8.0 as upper_bound, 6 as customer_count
        from range(1, 11) as points (point)
        cross join (select unnest(['roc', 'lift', 'gain', 'calibration']) as curve)
        cross join (select unnest(['model', 'baseline']) as series)
        """,
    )
    yield (
        "feature_importance",
        f"""
        select {target}, theme, '(all)' as feature, 0.1 as importance, 0.05 as lower_bound,
            0.2 as upper_bound
        from (select unnest(['recency', 'spend', 'of_nobody']) as theme)
        """,
    )
    yield (
        "model_metrics",
        f"""
        select 'lantern' as shop, 'recommendation_again' as target, {quoted(ACTING)} as model_name,
            metric, 0.3 as value, 0.2 as lower_bound, 0.4 as upper_bound, 0.1 as baseline_value
        from (select unnest(['status', 'ndcg_at_10']) as metric)
        """,
    )
    yield (
        "customer_lifetime_value",
        f"""
        select 'lantern' as shop, 'till:' || n as customer_id, 10 as expected_value_next_365_days,
            2 as expected_value_next_90_days, 0.5 as expected_order_days_next_90_days,
            3 as expected_order_days_next_365_days, 1 as lower_order_days_next_365_days,
            5 as upper_order_days_next_365_days
        from range(1, 61) as customers (n)
        union all by name
        select 'single' as shop, 'desk:1' as customer_id, {quoted(ACTING)} as note
        """,
    )
    yield (
        "score_drift",
        f"""
        select {target}, 'moved' as verdict, date '2024-03-01' as reference_date,
            0.5 as reference_mean, 0.4 as current_mean
        """,
    )
