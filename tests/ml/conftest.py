"""Made-up shops of which the answer is known."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from ml.segmentation import PROFILE_FEATURES

D = pd.Timestamp("2024-01-01")
Tables = tuple[pd.DataFrame, pd.DataFrame]


def _customers(groups: list[tuple[int, float, float, float]], seed: int = 0) -> pd.DataFrame:
    """A shop whose customers come in groups: (size, days since last order, orders, basket)."""
    generator = np.random.default_rng(seed)
    frames = []
    for size, days, orders, basket in groups:
        noise = generator.lognormal(0, 0.05, (size, 3))
        order_count = np.maximum(1, (orders * noise[:, 1]).round())
        order_value = (basket * noise[:, 2]).round(2)
        frames.append(
            pd.DataFrame(
                {
                    "days_since_last_order": np.maximum(1, (days * noise[:, 0]).round()),
                    "order_count": order_count,
                    "average_order_value": order_value,
                    "total_spend": order_count * order_value,
                    "days_since_first_order": 365.0,
                    "mean_days_between_orders": np.where(
                        order_count > 1, 300 / np.maximum(order_count - 1, 1), np.nan
                    ),
                }
            )
        )
    customers = pd.concat(frames, ignore_index=True)
    customers.insert(0, "customer_id", [f"c{number:05}" for number in range(len(customers))])
    customers.insert(1, "as_of_date", D)
    return customers.reindex(columns=["customer_id", "as_of_date", *PROFILE_FEATURES])


def _history(
    customers: int = 300,
    cutoffs: int = 4,
    seed: int = 0,
    informative: bool = True,
    recent: float = 0.0,
) -> Tables:
    """Features at D and past cutoffs, and labels that `total_spend` tells, if `informative`.

    Recency, all that the baseline sees, tells as much as `recent` says: 0 is nothing.
    """
    generator = np.random.default_rng(seed)
    frames = []
    for step in range(cutoffs + 1):
        liking = generator.normal(size=customers)
        days = generator.integers(1, 200, customers)
        logits = 2 * liking * informative + recent * np.where(days <= 60, 1, -1)
        chance = 1 / (1 + np.exp(-logits))
        frames.append(
            pd.DataFrame(
                {
                    "customer_id": [f"c{number:04}" for number in range(customers)],
                    "as_of_date": D - pd.Timedelta(days=30 * step),
                    "days_since_last_order": days,
                    "order_count": generator.integers(0, 9, customers),
                    "total_spend": np.expm1(5 + liking).round(2),
                    "mean_days_between_orders": np.where(
                        generator.random(customers) < 0.3, np.nan, 30.0
                    ),
                    "average_rating": np.nan,
                    "has_ordered": generator.random(customers) < chance,
                }
            )
        )
    table = pd.concat(frames, ignore_index=True)
    labels = table.loc[table["as_of_date"] < D, ["customer_id", "as_of_date", "has_ordered"]]
    return table.drop(columns="has_ordered"), labels.reset_index(drop=True)


@pytest.fixture(scope="session")
def as_of_date() -> pd.Timestamp:
    """The day of the portrait in all made-up shops."""
    return D


@pytest.fixture(scope="session")
def make_customers() -> Callable[..., pd.DataFrame]:
    """Gives the maker of one day's customers in groups."""
    return _customers


@pytest.fixture(scope="session")
def make_history() -> Callable[..., Tables]:
    """Gives the maker of (features, labels) over several cutoffs."""
    return _history


@pytest.fixture(scope="session")
def four_groups() -> pd.DataFrame:
    """Four plain kinds of customers, 60 each."""
    return _customers([(60, 5, 40, 30), (60, 8, 12, 150), (60, 60, 4, 25), (60, 250, 1, 20)])
