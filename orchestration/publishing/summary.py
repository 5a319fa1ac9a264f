"""What a run has made, told from the published snapshot: tables on a terminal, plain when piped."""

import textwrap
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from orchestration.console import as_typed, make_table
from orchestration.money import money
from orchestration.publishing.open_points import OpenPoints
from orchestration.publishing.portrait_text import portrait_text
from orchestration.publishing.reading import Row, Snapshot, open_snapshot
from orchestration.publishing.recommended import (
    chosen_methods,
    chosen_text,
    next_categories,
    recommended,
    recommended_text,
)
from orchestration.publishing.reports.names import REPORTS, SITE
from orchestration.quoting import plain_line
from orchestration.warehouse.held_questions import Statuses

_TEXT_WIDTH = 96


@dataclass(frozen=True)
class ShopSummary:
    """What is told of a shop.

    Attributes:
        customers: How many, how many of them with orders, as of which day.
        sources: Whose orders they are.
        segments: Their sizes and the medians of their customers.
        predictions: How good each was when it was last tested, or why it was not.
        recommending: By which method each question is answered, and how it was tested.
    """

    customers: Row
    sources: Sequence[str]
    segments: Sequence[Row]
    predictions: Sequence[Row]
    recommending: Sequence[Row]


@dataclass(frozen=True)
class Summary:
    """What is told of a snapshot.

    Attributes:
        shops: Each shop with portraits by name.
        shops_without_orders: The others, which have customers.
        example: The profile of whom most is known; None where nobody is.
        expected: What is expected of that customer.
        recommended: What is recommended to that customer.
        categories: Of which categories that customer may buy next.
        quarantine: Rejected rows and money by source, entity and reason.
        snapshot: The database.
        open_points: What each source leaves open, in lines.
        pages: The first page; None where there are none.
    """

    shops: Mapping[str, ShopSummary]
    shops_without_orders: Sequence[str]
    example: Row | None
    expected: Sequence[Row]
    recommended: Sequence[Row]
    categories: Sequence[Row]
    quarantine: Sequence[Row]
    snapshot: Path
    open_points: Mapping[str, Sequence[str]]
    pages: Path | None = None


def summarise(
    current: Path, open_points: Mapping[str, OpenPoints], statuses: Statuses | None = None
) -> Summary:
    """Looks at the version that `current` points to, and at what the sources leave open.

    Args:
        current: The published snapshot.
        open_points: What each source leaves open by its declaration and its folder.
        statuses: Statuses that nobody knows, as the last build found them.

    Raises:
        PortraitError: Nothing has been published yet.
    """
    with open_snapshot(current) as snapshot:
        customer_id = snapshot.most_complete_customer()
        quarantine = snapshot.rows(_QUARANTINE)
        return Summary(
            shops=_shops(snapshot),
            shops_without_orders=[row["shop"] for row in snapshot.rows(_WITHOUT_ORDERS)],
            example=snapshot.profile(customer_id) if customer_id else None,
            expected=snapshot.predictions(customer_id) if customer_id else [],
            recommended=recommended(snapshot, customer_id) if customer_id else [],
            categories=next_categories(snapshot, customer_id) if customer_id else [],
            quarantine=quarantine,
            snapshot=current / "marts.duckdb",
            open_points={
                name: open_points.get(name, OpenPoints()).lines(
                    name,
                    [r["reason_code"] for r in quarantine if r["source_system"] == name],
                    (statuses or {}).get(name),
                )
                for name in dict.fromkeys([*open_points, *(statuses or {})])
            },
            pages=page if (page := current / SITE / "index.html").exists() else None,
        )


def _shops(snapshot: Snapshot) -> dict[str, ShopSummary]:
    sources, segments, predictions = (
        _by_shop(snapshot.rows(query)) for query in (_SOURCES, _SEGMENTS, _PREDICTIONS)
    )
    recommending = _by_shop(chosen_methods(snapshot))
    return {
        row["shop"]: ShopSummary(
            row,
            [source["source_system"] for source in sources[row["shop"]]],
            segments[row["shop"]],
            predictions[row["shop"]],
            recommending[row["shop"]],
        )
        for row in snapshot.rows(_CUSTOMERS)
    }


def _by_shop(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["shop"]].append(row)
    return found


_CUSTOMERS = """
    select shop, count(*) as customers, count(*) filter (order_count > 0) as buyers,
        max(as_of_date) as as_of_date
    from customer_profiles
    group by shop order by shop
"""
_WITHOUT_ORDERS = """
    select distinct shop from run_manifest
    where as_of_date is null and shop is not null order by shop
"""
_SOURCES = """
    select distinct shop, source_system
    from data_quality where entity = 'orders' order by all
"""
_SEGMENTS = """
    select shop, segment_name, customer_count as customers, customer_share as share,
        median_order_count as orders, median_total_spend as spend, currency,
        median_days_since_last_order as days, usual_gap_days as gap
    from segment_portraits order by shop, segment_id
"""
_PREDICTIONS = """
    select judged.shop, judged.target, judged.note, metric, measured.value, baseline_value,
        lower_bound, upper_bound, evaluated_on,
        case judged.value when 1 then 'model' when 0 then 'baseline' else 'nothing' end as served
    from (
        select shop, target, value, note from model_metrics
        where metric = 'status' and prediction is not null
    ) as judged
    left join (
        select shop, target, metric, value, baseline_value, lower_bound, upper_bound, evaluated_on
        from model_metrics
        where metric in ('roc_auc', 'rank_correlation') and value is not null
    ) as measured using (shop, target)
    order by judged.shop, judged.target
"""
_MEASURE = {"roc_auc": "AUC", "rank_correlation": "rank correlation"}
_SERVED = {
    "model": "the model is served",
    "baseline": "the baseline is served",
    "nothing": "nothing is served, neither is of use",
}
_QUARANTINE = """
    select source_system, entity, reason_code, row_count, amount, currency
    from data_quality where outcome = 'quarantined'
    order by source_system, row_count desc, entity, reason_code, currency
"""


def print_summary(console: Console, summary: Summary) -> None:
    """Prints a summary, and what one may do next."""
    if not summary.shops:
        console.print("\nNo customer: no order was accepted.")
    for name, shop in summary.shops.items():
        told, customers = f"Shop {name}: " if len(summary.shops) > 1 else "", shop.customers
        console.print(
            f"\n{told}{customers['customers']:,} customers, {customers['buyers']:,} with orders, "
            f"as of {customers['as_of_date']}, from {', '.join(shop.sources)}"
        )
        _print_segments(console, shop.segments)
        _print_predictions(console, shop.predictions)
        for chosen in shop.recommending:
            console.print(chosen_text(chosen), soft_wrap=True)
    for name in summary.shops_without_orders:
        console.print(
            f"\nShop {name} has customers and no order, and so no portraits. Are they customers of "
            "another source's shop? Say so: docs/own-data.md#shops",
            soft_wrap=True,
        )
    if summary.example:
        console.print("\nOne of them")
        offers = recommended_text(summary.recommended, summary.categories)
        print_portrait(console, summary.example, summary.expected, offers)
    _print_quarantine(console, summary.quarantine)
    for name, lines in summary.open_points.items():
        if lines:
            console.print(f"\nOpen in {name}")
        for line in lines:
            console.print(as_typed(plain_line(line)), soft_wrap=True)
    console.print(f"\nSnapshot: {summary.snapshot}, with Parquet files", soft_wrap=True)
    console.print(f"Pictures: {summary.snapshot.parent / REPORTS}", soft_wrap=True)
    told = as_typed("Next: portrait show CUSTOMER_ID, make ui, or open marts.duckdb with any ")
    console.print(f"{told}DuckDB client", soft_wrap=True)
    if summary.pages:
        console.print(as_typed("\nPages (portrait open):"))
        console.print(str(summary.pages), soft_wrap=True)


def _print_segments(console: Console, segments: Sequence[Row]) -> None:
    if not segments:
        console.print("No segments: too few customers with orders.")
        return
    table = make_table(
        "Segment", "Customers", "Share", "Orders", "Spend", "Days since last", "Usual gap"
    )
    for segment in segments:
        table.add_row(
            segment["segment_name"],
            f"{segment['customers']:,}",
            f"{segment['share']:.0%}",
            f"{segment['orders']:,.0f}",
            money(segment["spend"], segment["currency"]) if segment["spend"] is not None else "",
            f"{segment['days']:,.0f}",
            f"{segment['gap']:,.0f}" if segment["gap"] is not None else "",
        )
    console.print("\nSegments, with the medians of their customers")
    console.print(table)


def print_portrait(console: Console, profile: Row, predictions: Sequence[Row], offers: str) -> None:
    """Prints one customer's portrait, with what is expected, and with offers in words."""
    width = min(_TEXT_WIDTH, console.width)
    text = f"{portrait_text(profile, predictions)} {plain_line(offers)}"
    console.print(textwrap.fill(text, width))


def _print_predictions(console: Console, predictions: Sequence[Row]) -> None:
    if not predictions:
        console.print("\nNothing is predicted: no prediction is declared.")
        return
    console.print()
    for tested in predictions:
        name = tested["target"].replace("_", " ").capitalize()
        if tested["metric"] is None:
            console.print(f"{name}: {tested['note']}", soft_wrap=True)
            continue
        interval = ""
        if tested["lower_bound"] is not None and tested["upper_bound"] is not None:
            interval = f" (95 % {tested['lower_bound']:.3f}–{tested['upper_bound']:.3f})"
        baseline = tested["baseline_value"]
        against = f", baseline {baseline:.3f}" if baseline is not None else ""
        console.print(
            f"{name}: "
            f"{_MEASURE[tested['metric']]} {tested['value']:.3f}"
            f"{interval}{against}, tested forward in time from {tested['evaluated_on']}: "
            f"{_SERVED[tested['served']]}",
            soft_wrap=True,
        )


def _print_quarantine(console: Console, rows: Sequence[Row]) -> None:
    if not rows:
        console.print("\nNo row was quarantined.")
        return
    table = make_table("Source", "Entity", "Reason", "Rows", "Money", numbers_from=3)
    for row in rows:
        told = ""
        if row["amount"] is not None:
            told = f"{money(row['amount'], row['currency'])} {row['currency'] or ''}".rstrip()
        table.add_row(
            row["source_system"], row["entity"], row["reason_code"], f"{row['row_count']:,}", told
        )
    console.print("\nRows in quarantine")
    console.print(table)
