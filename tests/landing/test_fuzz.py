"""Damaged files end in landed rows or in a clear error that names the file, never in between.

Each trial puts a damaged file in the place of one that has landed, and lands again. What lands is
what readers of the tests' own say that the file holds, row by row and in sums of money.
"""

import gzip
import json
import os
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.landing.files import DataFile, HashCache

from .damages import GOOD, damaged, good_csv, misshapen, zipped
from .other_readers import read_rows
from .trials import trials_of

# Of each of nine kinds; more of them find more.
EXAMPLES = int(os.environ.get("PORTRAIT_FUZZ_EXAMPLES", "60"))
DRAWING = settings(max_examples=EXAMPLES, deadline=None, database=None)


@pytest.mark.parametrize("ending", sorted(GOOD))
def test_damaged_files_land_whole_or_not_at_all(ending: str, tmp_path: Path) -> None:
    with trials_of(tmp_path, ending) as trials:

        @DRAWING
        @given(content=damaged(GOOD[ending]()))
        def trial(content: bytes) -> None:
            trials.try_to_land(content)

        trial()


def test_misshapen_tables_land_whole_or_not_at_all(tmp_path: Path) -> None:
    with ExitStack() as stack:
        trials = {
            ending: stack.enter_context(trials_of(tmp_path, ending))
            for ending in ("csv", "csv.gz", "jsonl")
        }

        @settings(DRAWING, max_examples=2 * EXAMPLES)
        @given(drawn=misshapen())
        def trial(drawn: tuple[str, bytes]) -> None:
            ending, content = drawn
            trials[ending].try_to_land(content)

        trial()


@pytest.mark.parametrize("is_replaced", [True, False])
def test_files_that_change_while_they_are_read_land_whole_or_not_at_all(
    is_replaced: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    hash_all = HashCache.hash_all
    with trials_of(tmp_path, "csv") as trials:

        def and_change(self: HashCache, files: list[DataFile]) -> dict[str, str]:
            hashes = hash_all(self, files)
            if is_replaced:
                other.replace(trials.file)
            else:
                trials.file.write_bytes(other.read_bytes())
            return hashes

        monkeypatch.setattr(HashCache, "hash_all", and_change)

        @settings(DRAWING, max_examples=EXAMPLES // 2)
        @given(content=damaged(good_csv()), then=damaged(good_csv()) | st.just(b""))
        def trial(content: bytes, then: bytes) -> None:
            other.write_bytes(then)
            trials.try_to_land(content)

        trial()


BIG = b"x" * 10_000_000
ENDS = {
    # name, content → whether it lands
    "ten megabytes in a field": ("a.csv", b"customer,quantity\n" + BIG + b",1\n", True),
    "ten megabytes in quotes": ("a.csv", b'customer,quantity\n"' + BIG + b'",1\n', True),
    "ten megabytes in JSON": ("a.jsonl", b'{"customer":"' + BIG + b'","quantity":1}\n', True),
    "a line that is too long": ("a.csv", b"customer,quantity\n" + BIG * 4 + b",1\n", False),
    "a quote that never closes": ("a.csv", b'customer,quantity\nanna,"' + BIG + b"\n", False),
    "a header without end": ("a.csv", BIG, False),
    "a header of many names": ("a.csv", b",".join(b"%d" % n for n in range(200_000)), False),
    "only a header": ("a.csv", b"customer,quantity\n", False),
    "nothing": ("a.csv", b"", False),
    "blanks": ("a.jsonl", b" \n\n\t\n", False),
    "names twice": ("a.csv", b"customer,quantity,customer,CUSTOMER\na,b,c,d\n", True),
    "zeros": ("a.csv", bytes(100_000), False),
    "zeros behind the head": ("a.csv", b"customer,quantity\n" + b"a,b\n" * 5000 + bytes(99), False),
    "more fields": ("a.csv", b"customer,quantity\na,b\na,b,c\n", False),
    "five thousand columns": (
        "a.csv",
        b"customer,quantity," + b",".join(b"c%d" % n for n in range(5000)),
        False,
    ),
    "five thousand keys": (
        "a.jsonl",
        json.dumps({"customer": "a", "quantity": "1"} | {f"c{n}": n for n in range(5000)}).encode(),
        False,
    ),
    "a thousand columns": (
        "a.csv",
        b"customer,quantity" + b"".join(b",c%d" % n for n in range(1000)) + b"\na,1" + b",x" * 1000,
        True,
    ),
    "fewer fields": ("a.csv", b"customer,quantity\na,b\na\n", False),
    "zip of zips": ("a.csv", zipped(zipped(zipped(b"customer,quantity\n"))), False),
    "zip of zips as Excel": ("a.xlsx", zipped(zipped(b"x"), "xl/workbook.xml"), False),
    "zip of zips as gzip": ("a.csv.gz", zipped(zipped(b"x")), False),
    "gzip in gzip": ("a.csv.gz", gzip.compress(gzip.compress(good_csv())), False),
    "gzip bomb of zeros": ("a.csv.gz", gzip.compress(bytes(400_000_000), 1), False),
    "gzip of many rows": (
        "a.csv.gz",
        gzip.compress(b"customer,quantity\n" + b"anna,1\n" * 100_000),
        True,
    ),
    "objects without end": ("a.jsonl", b'{"customer":' * 100_000, False),
    "nested JSON": (
        "a.jsonl",
        b'{"customer":' + b"[" * 500 + b"]" * 500 + b',"quantity":1}\n',
        True,
    ),
}


@pytest.mark.parametrize("name", ENDS)
def test_monsters(name: str, tmp_path: Path) -> None:
    file, content, lands = ENDS[name]
    with trials_of(tmp_path, file.removeprefix("a.")) as trials:
        assert trials.try_to_land(content) is lands


@pytest.mark.parametrize("ending", sorted(GOOD))
def test_the_other_reader_agrees_on_good_files(ending: str) -> None:
    rows = read_rows(f"a.{ending}", GOOD[ending](), ("customer", "quantity"))
    assert len(rows) == (500 if ending == "parquet" else 5)
