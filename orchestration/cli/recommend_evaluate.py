"""`portrait recommend evaluate`: methods held against what was bought next."""

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from ml.recommendation.questions import TITLES
from orchestration.cli.errors import telling_errors
from orchestration.cli.output import as_json, print_json
from orchestration.console import make_console, make_table, showing_progress
from orchestration.project import Project

if TYPE_CHECKING:
    from orchestration.modelling.recommendation_evaluation import Evaluation

_SHOWN = ("recall_at_10", "recall_at_20", "ndcg_at_10", "map_at_10", "hit_rate_at_10")
_LISTS = ("coverage_at_10", "novelty_at_10", "popular_share_at_10")


@click.command(
    "evaluate", epilog="Example: portrait recommend evaluate --interactions a.csv --method ease"
)
@click.option(
    "--interactions",
    "files",
    multiple=True,
    required=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="CSV or Parquet with customer_id, product_id, at and behaviour (purchase, view, cart, "
    "favourite; all are purchases without it). May be repeated.",
)
@click.option(
    "--method", "methods", multiple=True, metavar="NAME", help="May be repeated; all without it."
)
@click.option(
    "--test-days",
    type=click.IntRange(1),
    default=28,
    help="What was bought in so many last days is to be found.",
)
@click.option("--last-basket", is_flag=True, help="Instead, the last basket of each customer.")
@click.option("--held-out", metavar="BEHAVIOUR", help="Instead, what rows of this behaviour say.")
@as_json
def evaluate(
    files: tuple[Path, ...],
    methods: tuple[str, ...],
    test_days: int,
    last_basket: bool,
    held_out: str | None,
    is_json: bool,
) -> None:
    """Recommend by each method what was bought next, and say how much of it was found.

    Parameters are chosen on the time before the test. Nothing is written into the warehouse.
    """
    with telling_errors(), showing_progress(make_console(stderr=True)):
        from orchestration.modelling.recommendation_evaluation import (
            Protocol,
            evaluate_file,
            figures_of,
        )

        protocol = Protocol(test_days, last_basket, held_out)
        found = evaluate_file(Project.find(), files, methods, protocol)
        if is_json:
            print_json(figures_of(found))
        else:
            _print(make_console(), found)


def _print(console: Console, found: "Evaluation") -> None:
    behaviours = ", ".join(f"{count:,} {name}" for name, count in found.behaviours.items())
    console.print(
        f"{found.customers:,} customers, {found.products:,} products, {behaviours}; "
        f"{found.protocol}",
        soft_wrap=True,
    )
    for question, entries in found.contest.entries.items():
        told = entries[0].figures[_SHOWN[0]].customers
        if not told:
            console.print(f"\n{TITLES[question]}: nobody bought such things in the test.")
            continue
        table = make_table(TITLES[question], *_SHOWN, *_LISTS, numbers_from=1)
        for entry in entries:
            figures = (f"{entry.figures[name].value:.3f}" for name in _SHOWN)
            lists = (f"{entry.of_lists[name]:.3f}" for name in _LISTS)
            table.add_row(entry.method, *figures, *lists)
        verdict = found.contest.verdicts[question]
        console.print()
        console.print(table)
        console.print(
            f"Of {told:,} customers. Won by {verdict.method} ({verdict.reason})", soft_wrap=True
        )
