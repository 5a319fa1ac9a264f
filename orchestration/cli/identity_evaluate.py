"""`portrait identity evaluate`: records linked by what they say, held against the truth."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from orchestration.cli.errors import telling_errors
from orchestration.cli.output import as_json, print_json
from orchestration.console import make_console, make_table, showing_progress

if TYPE_CHECKING:
    from orchestration.identity.linkage.evaluate import Evaluation


@click.command(
    "evaluate", epilog="Example: portrait identity evaluate --records a.csv --truth person"
)
@click.option(
    "--records",
    "files",
    multiple=True,
    required=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="CSV or Parquet, a record a row, any columns. May be repeated.",
)
@click.option("--truth", required=True, metavar="COLUMN", help="Whose record it is.")
@click.option(
    "--truth-pattern",
    metavar="REGEX",
    help="The part of it that is the person, as its first group: '^(rec-\\d+)'.",
)
@click.option(
    "--leave-out", multiple=True, metavar="COLUMN", help="A column that says nothing of a person."
)
@as_json
def evaluate(
    files: tuple[Path, ...],
    truth: str,
    truth_pattern: str | None,
    leave_out: tuple[str, ...],
    is_json: bool,
) -> None:
    """Link records of persons by what they say, and hold it against the truth.

    The truth is looked at only afterwards. Nothing is written into the warehouse.
    """
    with telling_errors(), showing_progress(make_console(stderr=True)):
        from orchestration.identity.linkage.evaluate import evaluate_linkage

        evaluation = evaluate_linkage(files, truth, truth_pattern, leave_out)
        if is_json:
            print_json(asdict(evaluation))
        else:
            _print(make_console(), evaluation)


def _print(console: Console, evaluation: "Evaluation") -> None:
    console.print(
        f"{evaluation.records:,} records of {evaluation.persons:,} persons, linked to "
        f"{evaluation.clusters:,} in {evaluation.seconds:.1f} s\n",
        soft_wrap=True,
    )
    table = make_table("Records are one person's where", "Precision", "Recall", "F1")
    rows = {
        "they are linked": evaluation.scores,
        **{f"{name} is the same": scores for name, scores in evaluation.fields_alone.items()},
    }
    for what, scores in rows.items():
        table.add_row(
            what, *(f"{number:.3f}" for number in (scores.precision, scores.recall, scores.f1))
        )
    console.print(table)
    compared = ", ".join(f"{name} ({kind})" for name, kind in evaluation.compared.items())
    console.print(f"\nCompared: {compared}", soft_wrap=True)
