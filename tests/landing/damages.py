"""Files as nobody should write them, drawn by hypothesis."""

import gzip
import io
import json
import tempfile
import zipfile
from pathlib import Path

from hypothesis import strategies as st

from .landings import write_parquet
from .other_readers import write_csv
from .test_formats import write_excel

ROWS = [
    ("customer", "quantity"),
    ("anna", "1"),
    ("=HYPERLINK(1)", "+2.50"),
    ("@SUM(A1)", "-3"),
    ("bert, jr.", '"4"'),
    ("南京\nZürich", ""),
]


def good_csv(delimiter: str = ",") -> bytes:
    return write_csv(ROWS, delimiter, "\n").encode()


def _json_lines() -> bytes:
    objects = (dict(zip(ROWS[0], row, strict=True)) for row in ROWS[1:])
    return "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in objects).encode()


def zipped(content: bytes, name: str = "a.csv") -> bytes:
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
    "csv": good_csv,
    "tsv": lambda: good_csv("\t"),
    "csv.gz": lambda: gzip.compress(good_csv(), mtime=0),
    "jsonl": _json_lines,
    "parquet": _parquet,
    "xlsx": _excel,
}
_SPLINTERS = st.sampled_from(
    [b"\0", b'"', b"'", b"\n", b"\r", b"\r\n", b",", b"\t", b"\\", b"\xff", b"\xef\xbb\xbf", b"{}"]
) | st.binary(min_size=1, max_size=8)


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """The content with one to three things done to its bytes."""
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(content)))
        end = draw(st.integers(place, min(len(content), place + 64)))
        kind = draw(st.sampled_from(["cut", "insert", "flip", "drop", "double", "pack", "encode"]))
        if kind == "cut":
            content = content[:place]
        elif kind == "insert":
            content = content[:place] + draw(_SPLINTERS) + content[place:]
        elif kind == "flip":
            flipped = bytes(byte ^ draw(st.integers(1, 255)) for byte in content[place:end][:4])
            content = content[:place] + flipped + content[place + len(flipped) :]
        elif kind == "drop":
            content = content[:place] + content[end:]
        elif kind == "double":
            content = content[:end] + content[place:]
        elif kind == "pack":
            content = draw(st.sampled_from([gzip.compress(content, mtime=0), zipped(content)]))
        else:
            encoding = draw(st.sampled_from(["utf-16", "gb18030", "cp1252"]))
            content = content.decode("utf-8", "replace").encode(encoding, "replace")
    return content


@st.composite
def _misshapen_rows(draw: st.DrawFn) -> list[list[str]]:
    """The rows with columns dropped, swapped, doubled or renamed, or rows of other lengths."""
    rows = [list(row) for row in ROWS]
    for _ in range(draw(st.integers(1, 2))):
        column, row = draw(st.integers(0, len(rows[0]) - 1)), draw(st.integers(0, len(rows) - 1))
        kind = draw(st.sampled_from(["drop", "swap", "double", "rename", "cell", "row", "blank"]))
        if kind == "drop" and len(rows[0]) > 1:
            rows = [[*one[:column], *one[column + 1 :]] for one in rows]
        elif kind == "swap":
            rows = [one[::-1] for one in rows]
        elif kind == "double":
            rows = [[*one, *one[column : column + 1]] for one in rows]
        elif kind == "rename":
            rows[0][column] = draw(st.sampled_from(["Customer", "QUANTITY", " customer ", "x", ""]))
        elif kind == "cell":
            one = rows[row]
            rows[row] = draw(st.sampled_from([one[:-1] or [""], [*one, ""], [*one, "9"]]))
        elif kind == "row":
            rows.insert(row, list(rows[row]))
        else:
            rows.insert(row + 1, draw(st.sampled_from([[], ["", ""], [" "]])))
    return rows


@st.composite
def misshapen(draw: st.DrawFn) -> tuple[str, bytes]:
    """An ending and a table that nobody exported well, in mixed encodings and line ends."""
    rows = draw(_misshapen_rows())
    ending = draw(st.sampled_from(["csv", "csv", "csv.gz", "jsonl"]))
    if ending == "jsonl":
        header, *others = rows
        loud = draw(st.integers(0, len(others)))
        headers = [[n.upper() for n in header] if row == loud else header for row in range(9)]
        pairs = (zip(*one, strict=False) for one in zip(headers, others, strict=False))
        objects = (", ".join(f"{json.dumps(n)}: {json.dumps(v)}" for n, v in one) for one in pairs)
        return ending, "".join(f"{{{one}}}\n" for one in objects).encode()
    delimiter = draw(st.sampled_from(",;\t|"))
    ends = draw(st.lists(st.sampled_from(["\n", "\r\n", "\r"]), min_size=1, max_size=2))
    text = "".join(write_csv([row], delimiter, ends[n % len(ends)]) for n, row in enumerate(rows))
    above = draw(st.sampled_from(["", "", "\n\n", " \t\n", ",,\n", '"",""\n']))
    encoding = draw(st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1252", "gb18030"]))
    content = (above.replace("\n", ends[0]) + text).encode(encoding, "replace")
    return ending, gzip.compress(content, mtime=0) if ending == "csv.gz" else content
