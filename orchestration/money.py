"""Amounts for a person's eyes, with as many decimals as their currency has."""

import csv
from decimal import Decimal
from functools import cache

from orchestration.project import Project

_USUAL_DECIMALS = 2


def money(amount: Decimal | float, currency: str | None) -> str:
    """An amount with thousands apart: 1,234.50, of yen 1,234.

    Args:
        amount: In the currency.
        currency: ISO 4217 code; of one that is not told or not known two decimals are written.
    """
    return f"{amount:,.{_decimals().get(currency or '', _USUAL_DECIMALS)}f}"


@cache
def _decimals() -> dict[str, int]:
    """Digits after the point by currency, from the seed that rounds the amounts."""
    with (Project.find().dbt_project / "seeds" / "currencies.csv").open(encoding="utf-8") as seed:
        return {row["currency_code"]: int(row["minor_unit"]) for row in csv.DictReader(seed)}
