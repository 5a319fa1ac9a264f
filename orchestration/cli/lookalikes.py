"""`portrait lookalikes`: who is like a list of customers."""

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from orchestration.cli.errors import telling_errors
from orchestration.cli.output import as_json, print_json
from orchestration.console import make_console, make_table
from orchestration.project import Project

if TYPE_CHECKING:
    from orchestration.publishing.lookalikes import Found


@click.command(epilog='Example: portrait lookalikes --where "is_coupon_user" --count 50')
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option(
    "--where",
    "condition",
    metavar="CONDITION",
    help="In place of FILE: the customers of whom this holds, SQL on customer_profiles.",
)
@click.option("--count", default=20, show_default=True, type=click.IntRange(1), help="How many.")
@as_json
def lookalikes(file: Path | None, condition: str | None, count: int, is_json: bool) -> None:
    """Find the customers who are most like those in FILE.

    FILE has an id on each line, 30 or more, as customer_profiles or a source has it. It says first
    how well it finds customers of the list when they are hidden.
    """
    if (file is None) == (condition is None):
        raise click.UsageError("Name either a FILE of ids or a condition: --where CONDITION.")
    from orchestration.publishing.customer_list import read_list, select_list
    from orchestration.publishing.reading import open_snapshot

    with telling_errors(), open_snapshot(Project.find().current) as snapshot:
        # As late as errors in the list have been told: it imports scikit-learn.
        asked = read_list(snapshot, file) if file else select_list(snapshot, condition or "")
        from orchestration.publishing.lookalikes import find

        found = find(snapshot, asked, count)
        if is_json:
            print_json(found.as_json())
        else:
            _print(make_console(), found)


def _print(console: Console, found: "Found") -> None:
    from orchestration.publishing.lookalikes import in_words

    told = found.lookalikes
    quality, baseline = told.quality, told.baseline
    console.print(
        f"A list of {found.list_count:,} customers of {found.shop}, beside {found.others_count:,} "
        f"others, as of {found.as_of_date}.",
        soft_wrap=True,
    )
    console.print(
        f"Hidden and looked for again, {quality.found:.0%} of the list rank among the first tenth "
        f"({quality.found_lower:.0%} to {quality.found_upper:.0%}); by spend {baseline.found:.0%}, "
        f"by chance 10%. AUC {quality.auc:.2f} ({quality.lower:.2f} to {quality.upper:.2f}), "
        f"by spend {baseline.auc:.2f}.",
        soft_wrap=True,
    )
    if not found.is_told_apart:
        console.print(
            "Nothing that is known tells the list from others: these are no better than "
            "any customers, or those who spend most.",
            soft_wrap=True,
        )
    console.print()
    apart = make_table("What sets the list apart", "List", "Others", numbers_from=1)
    for one in told.traits:
        form = "{:,.2f}" if one.trait.kind == "number" else "{:.0%}"
        apart.add_row(in_words(one.trait), form.format(one.in_list), form.format(one.in_rest))
    console.print(apart)
    console.print()
    table = make_table("Rank", "Customer", "Likeness", "Because of")
    for rank, customer in enumerate(found.customer_ids, start=1):
        because = ", ".join(in_words(trait) for trait in told.reasons[rank - 1])
        table.add_row(str(rank), customer, f"{told.likeness[rank - 1]:.2f}", because)
    console.print(table)
