"""What a file is: which reader its ending asks for, and whether its first bytes agree.

Nothing here opens a database; of a file no more than its two ends are read.
"""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from orchestration.errors import PortraitError, full_disk
from orchestration.landing.wide_text import wide_encoding
from orchestration.warehouse.options import ReadOptions

# Reader `auto` goes by these endings; text may have `.gz` behind it.
_TEXT_ENDINGS = {
    **{".csv": "csv", ".tsv": "csv"},
    **{".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl"},
}
_BINARY_ENDINGS = {
    ".parquet": "parquet",
    **dict.fromkeys((".xlsx", ".xlsm", ".xls", ".ods"), "excel"),
}

# Sales as CSV shrink to a tenth by gzip; a thousandth is what one byte repeated gives.
MOST_UNPACKED = 200
_ALWAYS_ALLOWED = 1 << 28
_HEAD_SIZE = 8192
_PARQUET_MAGIC = b"PAR1"
_ZIP_MAGIC = b"PK\x03\x04"
_GZIP_MAGIC = b"\x1f\x8b"
_OLD_EXCEL_MAGIC = b"\xd0\xcf\x11\xe0"
_BYTE_ORDER_MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}

GZIP_ERRORS = (gzip.BadGzipFile, EOFError, zlib.error)


def reader_of(path: Path) -> str | None:
    """The reader for a file by the ending of its name; None where no reader knows it."""
    name = path.name.lower()
    text = Path(name.removesuffix(".gz")).suffix
    return _TEXT_ENDINGS.get(text) or _BINARY_ENDINGS.get(Path(name).suffix)


def known_endings() -> str:
    """The endings, for a message."""
    return f"{', '.join([*_BINARY_ENDINGS, *_TEXT_ENDINGS])} (text also with .gz)"


def is_lock(name: str) -> bool:
    """Whether a file only says that Excel or LibreOffice has another one open."""
    return name.startswith(("~$", ".~lock."))


def most_unpacked(path: Path) -> int:
    """To how many bytes a packed file may unpack."""
    return max(_ALWAYS_ALLOWED, MOST_UNPACKED * path.stat().st_size)


def is_gzip(path: Path) -> bool:
    """Whether a file is compressed by gzip, by its first bytes and not by its name."""
    with path.open("rb") as stream:
        return stream.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC


def open_unpacked(path: Path) -> IO[bytes]:
    """The bytes of a file, unpacked where gzip has packed them."""
    return cast("IO[bytes]", gzip.open(path, "rb")) if is_gzip(path) else path.open("rb")


def encoding_of(head: bytes, options: ReadOptions) -> str:
    """The encoding of a text: its byte order mark says it, else the declaration, else its zeros."""
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if head.startswith(mark):
            return encoding
    return options.encoding or wide_encoding(head) or "utf-8"


def is_empty(path: Path) -> bool:
    """Whether a file holds nothing, or blanks alone; one that cannot be opened is not empty."""
    try:
        with open_unpacked(path) as stream:
            head = stream.read(_HEAD_SIZE)
    except (OSError, *GZIP_ERRORS):
        return False
    return not next((head[len(m) :] for m in _BYTE_ORDER_MARKS if head.startswith(m)), head).strip()


def check_content(label: str, path: Path, reader: str, options: ReadOptions) -> None:
    """Looks at both ends of a file.

    Args:
        label: What to call the file in a message.
        path: The file.
        reader: The reader that will get it.
        options: How it is declared to be written.

    Raises:
        PortraitError: It cannot be opened, is empty, or not what its ending says.
    """
    with naming_unreadable(label):
        with path.open("rb") as stream:
            head = stream.read(_HEAD_SIZE)
            stream.seek(max(0, path.stat().st_size - len(_PARQUET_MAGIC)))
            tail = stream.read()
        if reader not in ("parquet", "excel"):
            head = _text_head(label, path)
    if not head.strip():
        raise PortraitError(f"{label} is empty.", "Fetch or export the file again.")
    if reader == "parquet":
        _check_parquet(label, head, tail)
    elif reader == "excel":
        _check_excel(label, head)
    elif b"\0" in head and not encoding_of(head, options).startswith(("utf-16", "utf-32")):
        raise PortraitError(
            f"{label} is binary, though it should be text.",
            "Fetch it again, or export it as text in UTF-8.",
        )


@contextmanager
def naming_unreadable(label: str) -> Iterator[None]:
    """Turns what the system says of a file into an error that names it."""
    try:
        yield
    except OSError as error:
        if full_disk(error):
            raise
        raise PortraitError(
            f"{label} cannot be read: {error.strerror or error}.",
            "Give yourself the right to read it, or name another file.",
        ) from error


def _text_head(label: str, path: Path) -> bytes:
    if path.name.lower().endswith(".gz") and not is_gzip(path) and path.stat().st_size:
        raise PortraitError(
            f"{label} is no gzip file, though its name says so.",
            "Fetch it again, or take the .gz from its name.",
        )
    try:
        with open_unpacked(path) as stream:
            return stream.read(_HEAD_SIZE)
    except GZIP_ERRORS as error:
        raise damaged_gzip(label, error) from error


def damaged_gzip(label: str, error: Exception) -> PortraitError:
    """The error for a file that gzip cannot unpack."""
    return PortraitError(
        f"{label} cannot be unpacked: {error}.", "Fetch it again: it is cut off or damaged."
    )


def _check_parquet(label: str, head: bytes, tail: bytes) -> None:
    if not (head.startswith(_PARQUET_MAGIC) and tail == _PARQUET_MAGIC):
        raise PortraitError(
            f"{label} is no Parquet file, though it should be one.",
            "Fetch it again: it may be cut off, or something else under that name.",
        )


def is_old_excel(path: Path) -> bool:
    """Whether a file is of Excel before 2007, or has a password, by its first bytes."""
    with path.open("rb") as stream:
        return stream.read(len(_OLD_EXCEL_MAGIC)) == _OLD_EXCEL_MAGIC


def _check_excel(label: str, head: bytes) -> None:
    if head.startswith((_OLD_EXCEL_MAGIC, _ZIP_MAGIC)):
        return
    if head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        raise PortraitError(
            f"{label} is a web page, though it is named like a workbook.",
            "Open it in Excel and save it as .xlsx, or as CSV.",
        )
    if b"\0" not in head:
        raise PortraitError(
            f"{label} is text, though it is named like a workbook.",
            "Give its name the ending .csv, or .tsv.",
        )
    raise PortraitError(
        f"{label} is no Excel file, though it should be one.",
        "Fetch it again, or save it as .xlsx.",
    )
