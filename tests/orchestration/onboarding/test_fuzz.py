"""A damaged export ends in a draft that runs, a question, or an error that names the file.

Each trial adds a damaged file as a user would, runs the drafted SQL on it, and lands it as it was
declared: what `source add` has read is what lands.
"""

import csv
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.errors import PortraitError
from orchestration.landing.files import HashCache, find_source_files
from orchestration.landing.land import land
from orchestration.onboarding.guess import guess
from orchestration.onboarding.guessed import EntityGuess
from orchestration.onboarding.sample import Sample, sample_files
from orchestration.onboarding.vocabulary import Contract, table_words
from orchestration.warehouse.manifest import Column, RawTable, SourceSystem
from orchestration.warehouse.opening import open_warehouse
from tests.orchestration.onboarding.rendering import rows, stage

# More of them find more: 2,000 take some minutes.
EXAMPLES = int(os.environ.get("PORTRAIT_FUZZ_EXAMPLES", "40"))
HEADER = ["order_id", "customer_email", "order_date", "sku", "quantity", "price", "status"]
ROWS = [
    [
        *(f"{1000 + n // 2}", f"c{n % 4}@post.example", f"2025-03-{n + 1:02}", f"s{n % 3}"),
        *(f"{n % 3 + 1}", f"{n + 1}.50", "paid" if n % 5 else "cancelled"),
    ]
    for n in range(12)
]
NAMES = ["Bestellnummer", "total", "Order Date", "客户", "", "order_id", "price ", 'a"b', "{{ x }}"]
CELLS = ["", "n/a", "1.250", "1,5", "03/04/2025", "2025-03-01T10:00:00Z", "4.5E+12", "-3", "é", "'"]
FIELDS = [
    "sku",
    "SKU",
    "id",
    "price",
    "quantity",
    "order_id",
    "line_number",
    "total",
    "a.b",
    "x[0]",
]
FIELDS += ["it's", 'q"t', "{{ x }}", "", "客户", "select", "\u0001c", "a\\b"]
VALUES = [None, 1, 2.5, "x", "10.50", "1.250", "-3", "it's", "{{ y }}", True, 10**25, [1]]
VALUES += [[{"sku": "m"}], {"a": {"b": 1}}, {"": 1}, {}]
ABOVE = ["", "", "", "Sales of March\n\n", "\n", ",,\n"]
BELOW = ["", "", "", "\n3 records\n", "Total,,,,,90.00,\n", ",,,,,,\n"]


@st.composite
def damaged_exports(draw: st.DrawFn) -> bytes:
    """An export with one to four things done to its columns, rows, cells or bytes."""
    table = [list(row) for row in [HEADER, *ROWS]]
    for _ in range(draw(st.integers(1, 4))):
        column = draw(st.integers(0, max(0, len(table[0]) - 1)))
        row = draw(st.integers(1, len(table) - 1))
        kind = draw(st.sampled_from(["drop", "swap", "rename", "mix", "repeat", "cut", "same"]))
        if kind == "drop" and len(table[0]) > 1:
            table = [[*one[:column], *one[column + 1 :]] for one in table]
        elif kind == "swap":
            table = [one[::-1] for one in table]
        elif kind == "rename":
            table[0][column] = draw(st.sampled_from(NAMES))
        elif kind == "mix":
            table[row][column : column + 1] = [draw(st.sampled_from(CELLS))]
        elif kind == "repeat":
            table.insert(row, list(table[row]))
        elif kind == "cut":
            table[row] = table[row][:column]
        else:
            value = draw(st.sampled_from(CELLS))
            table = [table[0], *([*one[:column], value, *one[column + 1 :]] for one in table[1:])]
    text = io.StringIO(newline="")
    delimiter = draw(st.sampled_from([",", ";", "\t"]))
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(table)
    whole = draw(st.sampled_from(ABOVE)) + text.getvalue() + draw(st.sampled_from(BELOW))
    content = whole.encode(
        draw(st.sampled_from(["utf-8", "utf-8", "gb18030", "utf-16"])), "replace"
    )
    for _ in range(draw(st.integers(0, 1))):
        place = draw(st.integers(0, len(content) - 1))
        content = content[:place] + draw(st.binary(max_size=2)) + content[place + 1 :]
    return content


@st.composite
def listed_exports(draw: st.DrawFn) -> bytes:
    """Orders as JSON that list their lines, some of which have fields that nobody expects."""
    listed_as = draw(st.sampled_from([*["line_items"] * 8, "items", "data"]))
    line = st.fixed_dictionaries(
        {
            "sku": st.sampled_from("abc"),
            "quantity": st.integers(1, 3),
            "price": st.just("5.00"),
        }
    )
    strange = st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(VALUES), max_size=4)
    lines = st.one_of(line, strange, st.builds(dict.__or__, line, strange))
    orders = [
        {
            "id": 100 + n,
            "created_at": f"2025-03-{n + 1:02}T10:00:00Z",
            "email": f"c{n % 3}@post.example",
            "total_price": "10.00",
            listed_as: draw(st.one_of(st.lists(lines, max_size=3), st.just(None))),
        }
        for n in range(draw(st.integers(1, 6)))
    ]
    if draw(st.booleans()):
        return "\n".join(json.dumps(order) for order in orders).encode()
    return json.dumps(orders).encode()


@pytest.mark.usefixtures("state_folder")
@pytest.mark.parametrize(
    ("name", "exports"),
    [("orders.csv", damaged_exports()), ("orders.json", listed_exports())],
)
def test_what_is_added_runs_and_lands_or_is_told(
    name: str, exports: st.SearchStrategy[bytes], tmp_path: Path, contract: Contract
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    hashes = HashCache(tmp_path / "hashes.json")
    number = landed = drafted = 0

    @settings(max_examples=EXAMPLES, deadline=None, database=None)
    @given(content=exports)
    def trial(content: bytes) -> None:
        nonlocal number, landed, drafted
        number += 1
        (folder / name).write_bytes(content)
        try:
            with sample_files(folder, table_words()) as sample:
                guessed = guess(sample, contract)
                for asked in guessed.questions:
                    assert asked.text.endswith("?") and "\n" not in asked.text
                for entity, sql in stage(sample, guessed).items():
                    staged = rows(sample.connection, sql, "*")
                    keeps_all_money(sample, guessed.entities[entity], staged)
                lands_as_sampled(sample, folder, tmp_path / f"{number}.duckdb", hashes)
                landed += 1
                drafted += "orders" in guessed.entities
        except PortraitError as error:
            assert name in error.message and error.hint

    trial()
    # Else the trials would show nothing.
    assert landed > number // 4 and drafted > number // 10, (number, landed, drafted)


def keeps_all_money(sample: Sample, found: EntityGuess, staged: list[tuple[Any, ...]]) -> None:
    """Sees that no row is lost where each row is one: its money is read or held back."""
    ((count,),) = sample.connection.execute(
        f"select count(*) from {found.table.relation}"
    ).fetchall()
    if found.grain == "row" and found.only is None and not found.rows:
        assert len(staged) == count


def lands_as_sampled(sample: Sample, folder: Path, database: Path, hashes: HashCache) -> None:
    """Sees that a file lands with as many rows as its sample has, under the declared columns."""
    (table,) = sample.tables
    columns = tuple(Column(one.name, one.data_type, "") for one in table.columns)
    files = tuple(table.meta["files"])
    raw = RawTable("raw_shop", table.name, "", columns, files, table.meta["reader"], None)
    system = SourceSystem("shop", "raw_shop", "", (raw,), None, "", is_default=False)
    ((count,),) = sample.connection.execute(f"select count(*) from {table.relation}").fetchall()
    with open_warehouse(database) as warehouse:
        (landed,) = land(warehouse, system, find_source_files(system, folder), hashes)
    assert landed.row_count == count
    database.unlink()
