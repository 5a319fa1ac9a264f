"""Figures for people, taken from the tables that the Python steps return."""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pandas as pd

from ml.gate import CALIBRATION_BIN
from orchestration.modelling.pictures import SegmentSize


class ShopRows(NamedTuple):
    """Rows of a shop, and how to begin what is told of it: not at all of an only one."""

    shop: str
    begin: str
    rows: pd.DataFrame


def by_shop(table: pd.DataFrame) -> list[ShopRows]:
    """The rows of each shop, by name."""
    found = [(str(shop), rows) for shop, rows in table.groupby("shop", sort=True)]
    return [ShopRows(shop, f"{shop}: " if len(found) > 1 else "", rows) for shop, rows in found]


def segment_sizes(profiles: pd.DataFrame) -> list[SegmentSize]:
    """A shop's segments in the order of their ids, from `segment_profiles`.

    Args:
        profiles: A row a segment and feature, of one shop.
    """
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


def segment_rows(sizes: Sequence[SegmentSize]) -> list[dict[str, str | int | float]]:
    """Segments with what is typical of their customers, as rows of a table for people."""
    total = sum(segment.customers for segment in sizes) or 1

    def median(value: float | None) -> str:
        return "" if value is None else f"{value:,.2f}"

    return [
        {
            "segment": segment.name,
            "customers": segment.customers,
            "share": f"{segment.customers / total:.1%}",
            "median spend": median(segment.median_spend),
            "median orders": median(segment.median_orders),
            "median days since the last order": median(segment.median_days_since_last_order),
        }
        for segment in sizes
    ]


def by_target(metrics: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """The rows of each target, by name, of a shop's `model_metrics`."""
    return ((str(target), rows) for target, rows in metrics.groupby("target", sort=True))


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


def metric_note(metrics: pd.DataFrame, name: str) -> str:
    """The note beside a metric, as it was last measured; empty where there is none."""
    latest = metrics.sort_values("evaluated_on", na_position="first")
    notes = latest.loc[latest["metric"] == name, "note"].dropna()
    return str(notes.iloc[-1]) if len(notes) else ""


def calibration(metrics: pd.DataFrame) -> list[tuple[float, float]]:
    """Predicted and observed rate of each calibration bin, from `model_metrics`, ascending."""
    of_bins = [name for name in metrics["metric"] if name.startswith(CALIBRATION_BIN)]
    values = metric_values(metrics, of_bins)
    names = sorted({name.rsplit("_", 1)[0] for name in values})
    return [(values[f"{name}_predicted"], values[f"{name}_observed"]) for name in names]
