"""Figures for people, taken from the tables that the Python steps return."""

import math
from collections.abc import Sequence

import pandas as pd

from orchestration.modelling.pictures import SegmentSize


def segment_sizes(profiles: pd.DataFrame) -> list[SegmentSize]:
    """Segments in the order of their ids, from `segment_profiles` (a row a segment and feature)."""
    sizes = []
    for _, segment in profiles.groupby("segment_id", sort=True):
        medians = dict(zip(segment["feature_name"], segment["segment_median"], strict=True))
        sizes.append(
            SegmentSize(
                name=str(segment["segment_name"].iloc[0]),
                customers=int(segment["customer_count"].iloc[0]),
                median_spend=medians.get("total_spend"),
                median_orders=medians.get("order_count"),
                median_days_since_last_order=medians.get("days_since_last_order"),
            )
        )
    return sizes


def metric_values(metrics: pd.DataFrame, names: Sequence[str]) -> dict[str, float]:
    """Metrics and their baselines by name, from `model_metrics`; those that are unknown are absent.

    Where a metric was measured on several days, the last day counts.
    """
    values: dict[str, float] = {}
    latest = metrics.sort_values("evaluated_on", na_position="first")
    for name, row in latest[latest["metric"].isin(names)].set_index("metric").iterrows():
        values[str(name)] = float(row["value"])
        values[f"{name} baseline"] = float(row["baseline_value"])
    return {name: value for name, value in values.items() if not math.isnan(value)}
