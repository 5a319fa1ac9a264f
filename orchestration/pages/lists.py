"""Lists of customers behind a cell of the pages: the first of them, and how to have them all."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from orchestration.pages.asking import ask
from orchestration.pages.shops import Shop
from orchestration.publishing.reading import Row, Snapshot
from orchestration.quoting import plain_line, quoted

SHOWN = 200
"""So many customers a list: those who spent most. Of a large shop a page cannot hold them all."""

COLUMNS = (
    *("customer_id", "lifecycle_stage", "rfm_segment", "order_count", "total_spend"),
    *("last_order_date", "repurchase_probability"),
)
"""What a list tells of a customer."""

_UNITS = {
    "order_count": "count",
    "total_spend": "amount",
    "last_order_date": "day",
    "repurchase_probability": "percent",
}
_TAGS = ("lifecycle_stage", "rfm_segment")
_KINDS = ("segment", "rfm_segment", "stage", "rfm", "cohort")


@dataclass(frozen=True)
class CustomerList:
    """The customers of a cell.

    Attributes:
        kind: stage, rfm, rfm_segment, segment or cohort.
        cell: Which of them.
        file: Where the list lies, below the shop's folder.
        customer_count: All of them, of whom SHOWN are listed.
        sql: The query that gives them all.
        rows: Those who are listed.
    """

    kind: str
    cell: str
    file: str
    customer_count: int
    sql: str
    rows: Sequence[Row]

    @property
    def key(self) -> str:
        """What an address ends with that leads to it."""
        return f"{self.kind}.{self.cell}"

    def script(self) -> str:
        """The list as a script: a page from a disk may not read other files."""
        told = {
            "key": self.key,
            "count": self.customer_count,
            "sql": self.sql,
            "rows": [[_plain(row[column]) for column in COLUMNS] for row in self.rows],
            # Of those who are shown otherwise than they are called: to ask for them.
            "ids": {
                number: row["customer_id"]
                for number, row in enumerate(self.rows)
                if _plain(row["customer_id"]) != row["customer_id"]
            },
        }
        return f"portrait.list({json.dumps(told, ensure_ascii=True, separators=(',', ':'))});\n"


def read_lists(snapshot: Snapshot, shop: str) -> list[CustomerList]:
    """The lists of a shop, by kind and cell."""
    asked = ask(snapshot, "customers.lists", shop, SHOWN)
    return list(_lists(asked.rows, shop))


def customers(lists: Sequence[CustomerList], shop: Shop, language: str) -> dict[str, Any]:
    """What the template of the page that shows them takes."""
    tags = shop.tags(language)
    segments = {str(one["segment_id"]): one for one in shop.segments}
    column = "segment_name_zh" if language == "zh" else "segment_name"

    def name(one: CustomerList) -> str:
        if one.kind == "segment":
            return str(segments.get(one.cell, {}).get(column) or one.cell)
        return tags.value({"stage": "lifecycle_stage"}.get(one.kind, one.kind), one.cell)

    values = {
        tag: {row[tag]: tags.value(tag, row[tag]) for one in lists for row in one.rows if row[tag]}
        for tag in _TAGS
    }
    return {
        "lists": {kind: [one for one in lists if one.kind == kind] for kind in _KINDS},
        "names": {one.key: name(one) for one in lists},
        "value_names": values,
        "columns": [(one, _UNITS.get(one, "text"), one if one in _TAGS else "") for one in COLUMNS],
    }


def _lists(rows: Sequence[Row], shop: str) -> Iterator[CustomerList]:
    cells = groupby(rows, key=lambda row: (row["kind"], row["cell"]))
    for number, ((kind, cell), members) in enumerate(cells, start=1):
        listed = list(members)
        yield CustomerList(
            kind=kind,
            cell=cell,
            file=f"lists/{number}.js",
            customer_count=listed[0]["customer_count"],
            sql=_everybody(shop, kind, cell),
            rows=listed,
        )


def _everybody(shop: str, kind: str, cell: str) -> str:
    if kind == "rfm":
        recency, frequency = cell.split("-")
        which = f"recency_score = {recency} and frequency_score = {frequency}"
    elif kind == "cohort":
        which = f"date_trunc('month', first_order_date) = date '{cell}-01'"
    else:
        columns = {"stage": "lifecycle_stage", "segment": "segment_id"}
        which = f"{columns.get(kind, kind)} = {cell if kind == 'segment' else quoted(cell)}"
    return (
        "copy (\n"
        "    select * from customer_profiles\n"
        f"    where shop = {quoted(shop)} and {which}\n"
        "    order by total_spend desc nulls last, customer_id\n"
        ") to 'customers.csv'"
    )


def _plain(value: Any) -> object:
    """A value as JSON; text as it may be shown."""
    if value is None or isinstance(value, int | float):
        return value
    return plain_line(value)
