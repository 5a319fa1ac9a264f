"""What the end of a run tells of shops of which not everything is known."""

import io
from pathlib import Path

from rich.console import Console

from orchestration.publishing.summary import ShopSummary, Summary, print_summary

SEGMENT = {
    "segment_name": "All customers",
    "customers": 30,
    "share": 1.0,
    "orders": 4,
    "spend": None,
    "currency": None,
    "days": 57,
    "gap": None,
}


def test_a_shop_whose_orders_tell_no_amounts_is_told_of() -> None:
    customers = {"customers": 30, "buyers": 30, "as_of_date": "2026-11-14"}
    shop = ShopSummary(customers, ["till"], [SEGMENT], [], [])
    summary = Summary({"corner": shop}, [], None, [], [], [], [], Path("marts.duckdb"), {}, None)
    told = io.StringIO()
    print_summary(Console(file=told, width=120), summary)
    (line,) = [line for line in told.getvalue().splitlines() if "All customers" in line]
    assert line.split() == ["All", "customers", "30", "100%", "4", "57"]
