"""Damaged files end in landed rows or in a clear error that names the file, never in between.

Each trial lands a good file, puts a damaged one in its place, and lands again. Where a second,
independent reader can say how many rows the damaged file has, as many must have landed.
"""

import csv
import functools
import gzip
import io
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.defs.ingest.files import HashCache
from orchestration.errors import PortraitError
from orchestration.warehouse_file import open_warehouse

from .landings import Connection, land_location, shop, write_parquet
from .test_formats import write_excel

SHOP = shop("customer", "quantity")
# More of them find more: PORTRAIT_FUZZ_EXAMPLES=2000 takes a quarter of an hour.
EXAMPLES = int(os.environ.get("PORTRAIT_FUZZ_EXAMPLES", "15"))
ROWS = [
    ("customer", "quantity"),
    ("anna", "1"),
    ("=HYPERLINK(1)", "+2"),
    ("@SUM(A1)", "-3"),
    ("bert, jr.", '"4"'),
    ("南京\nZürich", ""),
]


def _csv(delimiter: str = ",") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(ROWS)
    return text.getvalue().encode()


def _json_lines() -> bytes:
    objects = (dict(zip(ROWS[0], row, strict=True)) for row in ROWS[1:])
    return "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in objects).encode()


def _zip(content: bytes, name: str = "a.csv") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return packed.getvalue()


def _parquet() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "a.parquet"
        write_parquet(file, "select 'c' || range as customer, range as quantity from range(500)")
        return file.read_bytes()


def _excel() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        write_excel(Path(folder) / "a.xlsx", ("Sales", [list(row) for row in ROWS]))
        return (Path(folder) / "a.xlsx").read_bytes()


GOOD = {
    "csv": _csv,
    "tsv": lambda: _csv("\t"),
    "csv.gz": lambda: gzip.compress(_csv(), mtime=0),
    "jsonl": _json_lines,
    "parquet": _parquet,
    "xlsx": _excel,
}


def rows_by_another_reader(name: str, content: bytes) -> int | None:
    """How many rows the file has; None where that is nothing to be sure of."""
    try:
        if name.endswith(".gz"):
            content = gzip.decompress(content)
        if name.endswith(".parquet"):
            return None
        text = content.decode("utf-8-sig")
        if name.endswith(".jsonl"):
            return sum(bool(line.strip()) for line in text.split("\n"))
        delimiter = "\t" if name.endswith(".tsv") else ","
        records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        return sum(bool(record) for record in records) - 1
    except (OSError, EOFError, UnicodeDecodeError, csv.Error, gzip.zlib.error):
        return None


def held(connection: Connection) -> list[list[tuple[object, ...]]]:
    """Everything that landing has written."""
    queries = ("from raw_shop.sales order by all", "from ingest.raw_loads order by all")
    return [connection.execute(query).fetchall() for query in queries]


@pytest.fixture(scope="module")
def landed_before(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """For each ending a warehouse in which its good file has landed."""

    @functools.cache
    def landed(ending: str) -> Path:
        folder = tmp_path_factory.mktemp("good")
        (folder / f"a.{ending}").write_bytes(GOOD[ending]())
        with (
            pytest.MonkeyPatch.context() as environment,
            open_warehouse(folder / "warehouse.duckdb") as warehouse,
        ):
            environment.setenv("PORTRAIT_HOME", str(folder))
            system_hashes = HashCache(folder / "hashes.json")
            land_location(warehouse, system_hashes, SHOP, folder / f"a.{ending}")
        return folder / "warehouse.duckdb"

    return landed


def check(name: str, good: Path, damaged: bytes) -> bool:
    """One trial; says whether the damaged file has landed."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        data.mkdir()
        hashes = HashCache(Path(folder) / "hashes.json")
        (data / name).write_bytes(damaged)
        shutil.copyfile(good, Path(folder) / "warehouse.duckdb")
        with open_warehouse(Path(folder) / "warehouse.duckdb") as warehouse:
            before = held(warehouse)
            has_landed = False
            try:
                landed = land_location(warehouse, hashes, SHOP, data)
                has_landed = True
            except PortraitError as error:
                assert name in error.message, error.message
                assert error.hint
                assert len(error.message) < 1000
        # Opened again: what counts is what has reached the disk.
        with open_warehouse(Path(folder) / "warehouse.duckdb") as warehouse:
            if not has_landed:
                assert held(warehouse) == before
                return False
            numbers = warehouse.execute(
                "select _origin_row from raw_shop.sales order by 1"
            ).fetchall()
            assert [number for (number,) in numbers] == list(range(1, len(numbers) + 1))
            (recorded,) = warehouse.execute("select row_count from ingest.raw_loads").fetchall()
        assert recorded == (len(numbers),) == (landed.row_count,)
        expected = rows_by_another_reader(name, damaged)
        assert expected is None or expected == landed.row_count
        return True


SPLINTERS = st.sampled_from(
    [b"\0", b'"', b"'", b"\n", b"\r", b"\r\n", b",", b"\t", b"\\", b"\xff", b"\xef\xbb\xbf", b"{}"]
) | st.binary(min_size=1, max_size=8)


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """The content with one to three things done to it."""
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(content)))
        end = draw(st.integers(place, min(len(content), place + 64)))
        kind = draw(st.sampled_from(["cut", "insert", "flip", "drop", "double", "pack", "encode"]))
        if kind == "cut":
            content = content[:place]
        elif kind == "insert":
            content = content[:place] + draw(SPLINTERS) + content[place:]
        elif kind == "flip":
            flipped = bytes(byte ^ draw(st.integers(1, 255)) for byte in content[place:end][:4])
            content = content[:place] + flipped + content[place + len(flipped) :]
        elif kind == "drop":
            content = content[:place] + content[end:]
        elif kind == "double":
            content = content[:end] + content[place:]
        elif kind == "pack":
            content = draw(st.sampled_from([gzip.compress(content, mtime=0), _zip(content)]))
        else:
            encoding = draw(st.sampled_from(["utf-16", "gb18030", "cp1252"]))
            content = content.decode("utf-8", "replace").encode(encoding, "replace")
    return content


@pytest.mark.parametrize("ending", sorted(GOOD))
def test_damaged_files_land_whole_or_not_at_all(
    ending: str, landed_before: Callable[[str], Path]
) -> None:
    @settings(max_examples=EXAMPLES, deadline=None, database=None)
    @given(content=damaged(GOOD[ending]()))
    def trial(content: bytes) -> None:
        check(f"a.{ending}", landed_before(ending), content)

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
    "fewer fields": ("a.csv", b"customer,quantity\na,b\na\n", False),
    "zip of zips": ("a.csv", _zip(_zip(_zip(b"customer,quantity\n"))), False),
    "zip of zips as Excel": ("a.xlsx", _zip(_zip(b"x"), "xl/workbook.xml"), False),
    "zip of zips as gzip": ("a.csv.gz", _zip(_zip(b"x")), False),
    "gzip in gzip": ("a.csv.gz", gzip.compress(gzip.compress(_csv())), False),
    "gzip bomb of zeros": ("a.csv.gz", gzip.compress(bytes(400_000_000), 1), False),
    "gzip of many rows": (
        "a.csv.gz",
        gzip.compress(b"customer,quantity\n" + b"anna,1\n" * 1_000_000),
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
def test_monsters(name: str, landed_before: Callable[[str], Path]) -> None:
    file, content, lands = ENDS[name]
    assert check(file, landed_before(file.removeprefix("a.")), content) is lands


def test_the_other_reader_agrees_on_good_files() -> None:
    names = [f"a.{ending}" for ending in ("csv", "tsv", "csv.gz", "jsonl")]
    assert [rows_by_another_reader(n, GOOD[n.removeprefix("a.")]()) for n in names] == [5] * 4
