"""`python -m bench.predictions`: every method on every declared prediction, tested forward in time.

Of a warehouse that a run has made. Each method learns from all days whose horizons were over on
the latest day that can be tested, and foretells from it, as a run does.
"""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click
import duckdb
import pandas as pd
from rich.console import Console
from rich.table import Table

from bench.machine import machine
from ml import amount_evaluation, evaluation
from ml.candidates import candidates
from ml.prediction import numeric_rows
from ml.rolling import Forecast, closed_cutoffs, foretell, rolling_origins
from ml.target import Target
from ml.threads import one_thread
from orchestration.modelling.lessons import Lessons
from orchestration.modelling.tables import shops
from orchestration.modelling.targets import declared_predictions
from orchestration.project import Project
from orchestration.warehouse.current_manifest import current_manifest

_EVENT = ["roc_auc", "pr_auc", "brier_score", "log_loss", "expected_calibration_error"]
_WIDTH = 120
_AMOUNT = ["rank_correlation", "mean_absolute_error", "bias_of_sum", "mean_deviance"]


@click.command()
@click.option(
    "--warehouse",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Default: the one of the last run.",
)
@click.option("--prediction", "only", multiple=True, help="Default: all that are declared.")
@click.option("--method", "methods", multiple=True, help="Default: all that there are.")
def main(warehouse: Path | None, only: tuple[str, ...], methods: tuple[str, ...]) -> None:
    """How well each method foretells, and what it costs."""
    project, console = Project.find(), Console(width=_WIDTH)
    for name, value in machine().items():
        console.print(f"{name}: {value}")
    declared = declared_predictions(current_manifest(project))
    with duckdb.connect(str(warehouse or project.warehouse), read_only=True) as connection:
        for one in declared:
            if only and one.target.prediction not in only:
                continue
            for shop in shops(connection):
                history = numeric_rows(Lessons(connection, one, shop).history())
                title = f"{shop.name}: {one.target.name}"
                tried = [n for n in candidates(one.target.kind) if not methods or n in methods]
                target = replace(one.target, candidates=tuple(tried))
                console.print(_table(title, target, history, pd.Timestamp(shop.today)))


def _table(title: str, target: Target, history: pd.DataFrame, today: pd.Timestamp) -> Table:
    names = _EVENT if target.kind == "event" else _AMOUNT
    table = Table(title=title)
    for column in ("method", *names, "CPU, s"):
        table.add_column(column.replace("_", " "))
    closed = closed_cutoffs(history["as_of_date"], today, target.window)
    origins = rolling_origins(closed, target.window)
    if not origins:
        table.caption = "too short a history"
        return table
    origin = origins[-1]
    table.caption = f"from {origin.cutoff:%Y-%m-%d}, {len(origin.training)} days learned from"
    first = True
    for name in target.candidates:
        begun = time.process_time()
        with one_thread():
            made = foretell(replace(target, candidates=(name,)), history, origin)
        cpu = time.process_time() - begun
        if made is None:
            continue
        if first:
            for rule, told in made.rules.items():
                table.add_row(rule, *_figures(target, made, told), "")
            first = False
        table.add_row(name, *_figures(target, made, made.expected[name]), f"{cpu:.2f}")
    return table


def _figures(target: Target, made: Forecast, expected: evaluation.Floats) -> Iterator[str]:
    if target.kind == "event":
        outcomes = evaluation.tally(made.outcome > 0, expected)
        return (f"{evaluation.METRICS[name](outcomes):.4f}" for name in _EVENT)
    metrics = amount_evaluation.METRICS
    return (f"{metrics[name](made.outcome, expected):.4g}" for name in _AMOUNT)


if __name__ == "__main__":
    main(prog_name="python -m bench.predictions")
