"""Shops whose customers buy as the models say, with parameters that are known."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

FIRST_DAY = pd.Timestamp("2024-01-01")
Numbers = NDArray[np.float64]


def purchases_of(
    rates: Numbers, chances_to_leave: Numbers, days: int, seed: int, in_a_clump: int = 1
) -> pd.DataFrame:
    """One row a purchase of customers with these rates a day, who may leave after each repeat."""
    generator = np.random.default_rng(seed)
    who = np.arange(len(rates))
    when = generator.integers(0, days // 2, len(who)).astype(float)
    customers, moments = [who], [when]
    while len(who):
        when = when + generator.exponential(1 / rates[who])
        who, when = who[when < days], when[when < days]
        for later in range(in_a_clump):
            customers.append(who)
            moments.append(when + later)
        stays = generator.random(len(who)) >= chances_to_leave[who]
        who, when = who[stays], when[stays]
    customer, day = np.concatenate(customers), np.floor(np.concatenate(moments))
    means = 6 * 15 / generator.gamma(4, 1, len(rates))
    table = pd.DataFrame(
        {
            "customer_id": [f"c{number:05}" for number in customer],
            "order_date": FIRST_DAY + pd.to_timedelta(day, unit="D"),
            "amount": generator.gamma(6, means[customer] / 6),
        }
    )
    return table[day < days].reset_index(drop=True)


@pytest.fixture(scope="session")
def make_purchases() -> Callable[..., pd.DataFrame]:
    """Gives the maker of a shop: rates gamma (r, alpha days), chances to leave beta (a, b)."""

    def make(
        customers: int = 3000,
        r: float = 0.5,
        alpha: float = 40.0,
        leaving: tuple[float, float] | None = (0.8, 2.4),
        days: int = 365,
        seed: int = 0,
        in_a_clump: int = 1,
    ) -> pd.DataFrame:
        generator = np.random.default_rng(seed)
        rates = np.maximum(generator.gamma(r, 1 / alpha, customers), 1e-12)
        chances = generator.beta(*leaving, customers) if leaving else np.zeros(customers)
        return purchases_of(rates, chances, days, seed + 1, in_a_clump)

    return make


@pytest.fixture(scope="session")
def shop(make_purchases: Callable[..., pd.DataFrame]) -> pd.DataFrame:
    """An ordinary shop of 3,000 customers and a year."""
    return make_purchases()
