"""`python -m bench.names FILE`: how well names are matched, on a public set of mappings.

FILE is `benchmark/cases/synthetic/generated.json` of infermap (MIT). Of its 80 cases those 40 count
whose target is a thing that the contract has too: customers, orders, products and events, without
the fields that it has not. The others, and the cases of Valentine beside them, map one arbitrary
schema to another, which is not what is done here.
"""

import csv
import json
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from orchestration.onboarding.guess import guess
from orchestration.onboarding.guessed import Guess
from orchestration.onboarding.sample import sample_files
from orchestration.onboarding.vocabulary import Contract, read_contract, table_words
from orchestration.project import Project

# Kind of case → its field → the contract's columns of which each is right.
_FIELDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "customer": {
        "customer_id": ("source_customer_id",),
        "email": ("email",),
        "phone": ("phone",),
        "created_at": ("registered_at",),
    },
    "order": {
        "order_id": ("source_order_id",),
        "customer_id": ("source_customer_id",),
        "product_sku": ("source_product_id",),
        "quantity": ("quantity",),
        "total": ("total_amount", "net_amount"),
        "placed_at": ("ordered_at",),
    },
    "product": {
        "sku": ("source_product_id",),
        "name": ("name",),
        "category": ("category_path",),
        "price": ("price",),
        "in_stock": ("is_in_stock",),
    },
    "event": {
        "event_id": ("source_event_id",),
        "name": ("event_kind",),
        "user_id": ("source_customer_id",),
        "occurred_at": ("occurred_at",),
    },
}


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def main(file: Path) -> None:
    """How often names and values are taken for the right column of the contract."""
    contract = read_contract(Project.find().dbt_project)
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for case in json.loads(file.read_text(encoding="utf-8"))["cases"]:
        kind = case["subcategory"]
        if kind in _FIELDS:
            for counted in (counts[kind], counts["all"]):
                for position, number in enumerate(judge(case, contract)):
                    counted[position] += number
    for kind, (right, wrong, missed) in counts.items():
        f1 = 2 * right / (2 * right + wrong + missed)
        click.echo(f"{kind:<10} F1 {f1:.3f}: {right} right, {wrong} wrong, {missed} missed")


def judge(case: Mapping[str, Any], contract: Contract) -> tuple[int, int, int]:
    """Fields that are right, wrong and missed in a case."""
    fields = _FIELDS[case["subcategory"]]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write(folder / f"{case['subcategory']}s.csv", case["source_fields"])
        with sample_files(folder, table_words()) as sample:
            found = _found(guess(sample, contract))
    known = {column for columns in fields.values() for column in columns}
    wanted = {m["source"]: fields.get(m["target"], ()) for m in case["expected"]["mappings"]}
    right = wrong = missed = 0
    for field in case["source_fields"]:
        taken, right_ones = found[field["name"]] & known, set(wanted.get(field["name"], ()))
        is_right = bool(taken & right_ones)
        right += is_right
        missed += bool(right_ones) and not is_right
        wrong += bool(taken) and not is_right
    return right, wrong, missed


def _write(path: Path, fields: list[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([field["name"] for field in fields])
        writer.writerows(zip(*(field["samples"] for field in fields), strict=True))


def _found(guessed: Guess) -> dict[str, set[str]]:
    """Source column → the contract's columns for which it is taken."""
    taken: dict[str, set[str]] = defaultdict(set)
    for entity in guessed.entities.values():
        for column, one in entity.columns.items():
            taken[one.profile.name].add(column)
    return taken


if __name__ == "__main__":
    main(prog_name="python -m bench.names")
