"""`python -m bench.segments`: every method of making segments, and how calm days are.

Of a warehouse that a run has made. The methods are compared on the customers of each shop's current
day. The calm is measured on the last days replayed, whose features are made in a copy: the share of
customers who are in another segment than the day before without having bought.
"""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import click
import duckdb
import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from bench.machine import machine
from ml.segment_count import choose_k, try_k
from ml.segment_day import DayOfCustomers
from ml.segment_history import MONTHS, SegmentHistory, extend
from ml.segment_rule import METHODS, SegmentRule
from ml.threads import one_thread
from orchestration.modelling.declared_segments import declared_segments
from orchestration.modelling.segments import customers_of
from orchestration.modelling.tables import Shop, shops
from orchestration.project import Project
from orchestration.quoting import quoted
from orchestration.warehouse.current_manifest import current_manifest
from orchestration.warehouse.plain_project import DATABASE
from orchestration.warehouse.plain_sql import compile_project

_NOT_NEEDED = ("features.training_labels", "features.lifetime_value_holdout")


@click.command()
@click.option(
    "--warehouse",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Default: the one of the last run.",
)
@click.option("--days", type=click.IntRange(min=0), default=60, show_default=True)
def main(warehouse: Path | None, days: int) -> None:
    """What each method finds, what it costs, and who moves without having bought."""
    project, console = Project.find(), Console(width=110)
    for name, value in machine().items():
        console.print(f"{name}: {value}")
    rule = declared_segments(current_manifest(project))
    path = warehouse or project.warehouse
    with duckdb.connect(str(path), read_only=True) as connection:
        for shop in shops(connection):
            console.print(_methods(shop, customers_of(connection, shop, rule, shop.today), rule))
    if days:
        with replayed(project, path, days) as connection:
            for shop in shops(connection):
                console.print(_calm(connection, shop, rule, days))


def _methods(shop: Shop, customers: pd.DataFrame, rule: SegmentRule) -> Table:
    table = Table(title=f"{shop.name}: {len(customers):,} customers")
    for column in ("method", "k chosen", "k", "silhouette", "bootstrap ARI", "smallest", "CPU, s"):
        table.add_column(column)
    points = DayOfCustomers(customers, rule.features).points
    with one_thread():
        usual = choose_k([points], rule).chosen.k
        for method in METHODS:
            of_method = replace(rule, method=method)
            begun = time.process_time()
            # Shares as they come: a method whose segments are too small is to be told too.
            one = try_k(points, usual, replace(of_method, minimum_share=0.0, minimum_customers=2))
            if method == "hdbscan":
                one = try_k(points, usual, of_method)
            cpu = time.process_time() - begun
            chosen = choose_k([points], of_method).chosen.k
            figures = (one.silhouette, one.bootstrap_ari, one.smallest_share, cpu)
            table.add_row(method, str(chosen), str(one.k), *(f"{figure:.2f}" for figure in figures))
    return table


@contextmanager
def replayed(project: Project, path: Path, days: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of a warehouse with the features of so many last days of each shop."""
    plain = compile_project(project)
    with tempfile.TemporaryDirectory(prefix="portrait-bench-") as folder, duckdb.connect() as copy:
        shutil.copyfile(path, Path(folder) / "copy.duckdb")
        copy.execute(f"attach {quoted(Path(folder) / 'copy.duckdb')} as {DATABASE}")
        copy.execute(f"use {DATABASE}")
        copy.execute(
            "insert into features.as_of_dates (shop, as_of_date, is_current)"
            " select shop, as_of_date - cast(back.range as integer), false"
            " from features.as_of_dates as days, range(1, ?) as back"
            " where is_current and not exists (from features.as_of_dates as known where"
            " known.shop = days.shop"
            " and known.as_of_date = days.as_of_date - cast(back.range as integer))",
            [days + 1],
        )
        made = {*_NOT_NEEDED, "features.as_of_dates"}
        for statement in plain.built:
            if statement.layer == "features" and statement.relation not in made:
                copy.execute(statement.sql)
        yield copy


def _calm(warehouse: duckdb.DuckDBPyConnection, shop: Shop, rule: SegmentRule, days: int) -> Table:
    known = [
        day
        for (day,) in warehouse.execute(
            "select as_of_date from features.as_of_dates where shop = ? order by all", [shop.name]
        ).fetchall()
    ]
    firsts = [day for day in known if day.day == 1]

    def on(day: date) -> pd.DataFrame:
        return customers_of(warehouse, shop, rule, day)

    history: SegmentHistory | None = None
    for index, first in enumerate(firsts):
        earlier = [on(day) for day in firsts[max(0, index - MONTHS + 1) : index]]
        history = extend(history, on(first), partial(list, earlier), rule)
    table = Table(title=f"{shop.name}: moved without having bought, of {days} days")
    for column in ("", "median day", "worst day within a month", "firsts of months"):
        table.add_column(column)
    if history is None:
        return table
    for name, is_calm in (("nearest segment each day", False), ("calm", True)):
        moved = dict(_moved(history, known[-days - 1 :], firsts, on, is_calm=is_calm))
        within = [share for day, share in moved.items() if day.day > 1]
        others = [f"{share:.1%}" for day, share in moved.items() if day.day == 1]
        median = f"{np.median(list(moved.values())):.2%}"
        table.add_row(name, median, f"{max(within):.2%}", ", ".join(others))
    return table


def _moved(
    history: SegmentHistory,
    days: Sequence[date],
    firsts: Sequence[date],
    on: Callable[[date], pd.DataFrame],
    *,
    is_calm: bool,
) -> Iterator[tuple[date, float]]:
    last: pd.DataFrame | None = None
    for day in days:
        segments, customers = history.on(day.isoformat()), on(day)
        first = [one for one in firsts if one < day][-1:] if day.day > 1 and is_calm else []
        labels = segments.labels(customers, on(first[0]) if first else None)
        now = customers[["customer_id", "order_count", "days_since_last_order"]].assign(
            segment=np.array(segments.ids)[labels]
        )
        if last is not None:
            both = now.merge(last, on="customer_id", suffixes=("", "_before"))
            is_silent = (both["order_count"] == both["order_count_before"]) & (
                both["days_since_last_order"] == both["days_since_last_order_before"] + 1
            )
            has_moved = both["segment"] != both["segment_before"]
            yield day, float((is_silent & has_moved).sum() / len(both))
        last = now


if __name__ == "__main__":
    main(prog_name="python -m bench.segments")
