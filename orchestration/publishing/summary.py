"""What a run has made, told from the published snapshot: tables on a terminal, plain when piped."""

import textwrap
from pathlib import Path

from rich.console import Console

from orchestration.console import make_table
from orchestration.publishing.portrait_text import portrait_text
from orchestration.publishing.reading import Row, Snapshot, open_snapshot

_TEXT_WIDTH = 96


def print_summary(console: Console, current: Path) -> None:
    """Prints the summary of the current snapshot.

    Raises:
        PortraitError: Nothing has been published yet.
    """
    with open_snapshot(current) as snapshot:
        _print_customers(console, snapshot)
        _print_segments(console, snapshot)
        _print_one_portrait(console, snapshot)
        _print_model_quality(console, snapshot)
        _print_quarantine(console, snapshot)
    console.print(f"\nSnapshot: {current}/marts.duckdb, with Parquet files", soft_wrap=True)
    console.print(
        "Next: make ui, or .venv/bin/portrait show CUSTOMER_ID, or open marts.duckdb with any "
        "DuckDB client"
    )


def _print_customers(console: Console, snapshot: Snapshot) -> None:
    (row,) = snapshot.rows(
        """
        select count(*) as customers, count(*) filter (order_count > 0) as buyers,
            max(as_of_date) as as_of_date
        from customer_profiles
        """
    )
    sources = snapshot.rows(
        "select distinct source_system from data_quality where entity = 'orders' order by all"
    )
    names = ", ".join(source["source_system"] for source in sources)
    console.print(
        f"\n{row['customers']:,} customers, {row['buyers']:,} with orders, "
        f"as of {row['as_of_date']}, from {names}"
    )


def _print_segments(console: Console, snapshot: Snapshot) -> None:
    segments = snapshot.rows(
        """
        select segment_name, count(*) as customers,
            count(*) / sum(count(*)) over () as share,
            median(order_count) as orders, median(total_spend) as spend,
            median(days_since_last_order) as days
        from customer_profiles where segment_id is not null
        group by segment_id, segment_name order by segment_id
        """
    )
    if not segments:
        console.print("No segments: too few customers with orders.")
        return
    table = make_table("Segment", "Customers", "Share", "Orders", "Spend", "Days since last")
    for segment in segments:
        table.add_row(
            segment["segment_name"],
            f"{segment['customers']:,}",
            f"{segment['share']:.0%}",
            f"{segment['orders']:,.0f}",
            f"{segment['spend']:,.2f}",
            f"{segment['days']:,.0f}",
        )
    console.print("\nSegments, with the medians of their customers")
    console.print(table)


def _print_one_portrait(console: Console, snapshot: Snapshot) -> None:
    customer_id = snapshot.most_complete_customer()
    if customer_id:
        console.print("\nOne of them")
        print_portrait(console, snapshot.profile(customer_id))


def print_portrait(console: Console, profile: Row) -> None:
    """Prints one customer's portrait."""
    width = min(_TEXT_WIDTH, console.width)
    text = textwrap.fill(portrait_text(profile), width)
    console.print(text)


def _print_model_quality(console: Console, snapshot: Snapshot) -> None:
    rows = snapshot.rows(
        """
        select model_name, value, baseline_value, lower_bound, upper_bound, evaluated_on
        from model_metrics where metric = 'roc_auc' and value is not null
        order by evaluated_on desc nulls last limit 1
        """
    )
    if not rows:
        console.print("\nPrediction: too little history to test a model; see model_metrics.")
        return
    row = rows[0]
    interval = ""
    if row["lower_bound"] is not None and row["upper_bound"] is not None:
        interval = f" (95 % {row['lower_bound']:.3f}–{row['upper_bound']:.3f})"
    baseline = row["baseline_value"]
    against = f", baseline {baseline:.3f}" if baseline is not None else ""
    console.print(
        f"\nOrder in the next 30 days: AUC {row['value']:.3f}{interval}{against}, "
        f"tested forward in time from {row['evaluated_on']}",
        soft_wrap=True,
    )


def _print_quarantine(console: Console, snapshot: Snapshot) -> None:
    rows = snapshot.rows(
        """
        select source_system, entity, reason_code, row_count, amount
        from data_quality where outcome = 'quarantined'
        order by source_system, row_count desc, entity, reason_code
        """
    )
    if not rows:
        console.print("\nNo row was quarantined.")
        return
    table = make_table("Source", "Entity", "Reason", "Rows", "Money", numbers_from=3)
    for row in rows:
        money = f"{row['amount']:,.2f}" if row["amount"] is not None else ""
        table.add_row(
            row["source_system"], row["entity"], row["reason_code"], f"{row['row_count']:,}", money
        )
    console.print("\nRows in quarantine")
    console.print(table)
