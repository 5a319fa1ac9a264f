"""`portrait recommend`: what a customer may want next, and what goes with a basket."""

from typing import Any

import click
from rich.console import Console

from ml.recommendation.questions import SLOTS
from orchestration.cli.errors import telling_errors
from orchestration.cli.groups import FirstByDefault
from orchestration.cli.output import as_json, print_json
from orchestration.cli.recommend_evaluate import evaluate
from orchestration.console import make_console, make_table
from orchestration.project import Project
from orchestration.quoting import plain_line


@click.group(cls=FirstByDefault)
def recommend() -> None:
    """What a customer may want next, and what goes with a basket.

    Read from the published snapshot, at once.
    """


@recommend.command("to", epilog="Example: portrait recommend to completejourney:1 --slot discover")
@click.argument("customer_id", required=False)
@click.option(
    "--basket",
    "baskets",
    multiple=True,
    metavar="A,B",
    help="In place of a customer: what goes with products, by id or name. May be repeated.",
)
@click.option(
    "--slot", type=click.Choice(list(SLOTS)), help="Only what to buy again, or to discover."
)
@click.option("--count", type=click.IntRange(1, 100), default=10, help="How many of a slot.")
@click.option("--explain", is_flag=True, help="Say by which methods, and how good they are.")
@as_json
def to(
    customer_id: str | None,
    baskets: tuple[str, ...],
    slot: str | None,
    count: int,
    explain: bool,
    is_json: bool,
) -> None:
    """Recommend products to a customer, or beside a basket.

    CUSTOMER_ID is that of customer_profiles, or any key that a source has of the customer.
    """
    from orchestration.publishing.reading import open_snapshot
    from orchestration.publishing.recommended import (
        CATEGORY_TITLES,
        SLOT_TITLES,
        beside,
        chosen_methods,
        next_categories,
        recommended,
    )

    if (customer_id is None) == (not baskets):
        raise click.UsageError("Name a customer, or a basket: --basket A,B")
    with telling_errors(), open_snapshot(Project.find().current) as snapshot:
        if baskets:
            rows = beside(snapshot, baskets, count)
            _tell_basket(rows, is_json=is_json)
            return
        profile = snapshot.profile(str(customer_id))
        slots = [slot] if slot else list(SLOTS)
        rows, categories = (
            [row for row in told(snapshot, profile["customer_id"], slots) if row["rank"] <= count]
            for told in (recommended, next_categories)
        )
        chosen = chosen_methods(snapshot, profile["shop"])
        if is_json:
            told = {"customer_id": profile["customer_id"], "as_of_date": profile["as_of_date"]}
            told |= {"recommendations": rows, "next_categories": categories}
            print_json({**told, **({"methods": chosen} if explain else {})})
            return
        console = make_console()
        console.print(f"{profile['customer_id']}, as of {profile['as_of_date']}", soft_wrap=True)
        for one in slots:
            _tell_list(console, SLOT_TITLES[one], "Product", _of_slot(rows, one))
        for one in slots:
            _tell_list(console, CATEGORY_TITLES[one], "Category", _of_slot(categories, one))
        if explain:
            _tell_methods(console, [*rows, *categories], chosen)


def _of_slot(rows: list[Any], slot: str) -> list[Any]:
    return [row for row in rows if row["slot"] == slot]


def _tell_list(console: Console, title: str, what: str, rows: list[Any]) -> None:
    if not rows:
        console.print(f"\n{title}: nothing")
        return
    console.print()
    _print_reasons(console, title, what, rows)


def _print_reasons(console: Console, title: str, what: str, rows: list[Any]) -> None:
    from orchestration.publishing.recommended import name_of

    table = make_table(title, what, "Why", numbers_from=3)
    for row in rows:
        table.add_row(str(row["rank"]), plain_line(name_of(row)), plain_line(row["reason"]))
    console.print(table)


def _tell_methods(console: Console, rows: list[Any], chosen: list[Any]) -> None:
    from orchestration.publishing.recommended import chosen_text

    console.print("\nHow it was found: tested on what customers bought in the weeks after a day")
    for row in chosen:
        console.print(chosen_text(row), soft_wrap=True)
    methods = sorted({row["model_name"] for row in rows})
    if methods:
        console.print(f"Here by: {', '.join(methods)}", soft_wrap=True)


def _tell_basket(rows: list[Any], *, is_json: bool) -> None:
    if is_json:
        print_json({"recommendations": rows})
        return
    if not rows:
        make_console().print("Nothing is known to go with it.")
        return
    _print_reasons(make_console(), "", "Product", rows)


recommend.add_command(evaluate)
