"""Text that DuckDB cannot read as it stands becomes a UTF-8 copy, piece by piece.

DuckDB reads UTF-8; of the other encodings most need an extension that must be downloaded. It also
unpacks gzip on one thread and without looking at the checksum, so that a damaged file would land.
"""

import codecs
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from orchestration.errors import PortraitError
from orchestration.landing.encodings import detect_encoding, is_utf8
from orchestration.landing.files import DataFile
from orchestration.landing.formats import (
    GZIP_ERRORS,
    MOST_UNPACKED,
    damaged_gzip,
    encoding_of,
    is_gzip,
    most_unpacked,
    open_unpacked,
)
from orchestration.landing.scratch import scratch_file
from orchestration.landing.wide_text import wide_encoding
from orchestration.warehouse.options import ReadOptions

_PIECE = 1 << 20
_UNMARKED = "?"
# So many characters beyond ASCII are UTF-8 by no chance.
_PLAINLY = 3
_HEAD_SIZE = 8192
_LIKELY_ENCODINGS = ("gb18030", "cp1252")
_LINE_ENDS = {"\n": "LF", "\r\n": "CRLF", "\r": "CR"}


def as_utf8(file: DataFile, options: ReadOptions, scratch: Path) -> Path:
    """The file itself where it is plain UTF-8, else a copy in `scratch` that is.

    Raises:
        PortraitError: The encoding is unknown or not the file's, or gzip cannot unpack it.
    """
    try:
        with open_unpacked(file.path) as stream:
            encoding = encoding_of(stream.read(_HEAD_SIZE), options)
        if _decoder(encoding) is None and not is_gzip(file.path):
            return file.path
        copy = scratch_file(scratch, ".txt")
        with copy.open("wb") as target:
            for piece in _decoded(file, encoding):
                target.write(piece)
    except UnicodeDecodeError as error:
        raise wrong_encoding(file, error) from error
    except LookupError as error:
        raise PortraitError(
            f"{file.label}: there is no encoding {options.encoding!r}.",
            "Declare one that Python knows: utf-8, utf-16, gb18030, cp1252 …",
        ) from error
    except GZIP_ERRORS as error:
        raise damaged_gzip(file.label, error) from error
    return copy


def with_encoding(file: DataFile, options: ReadOptions) -> ReadOptions:
    """The options, with the encoding that the bytes tell where it is not UTF-8.

    What is declared is for text that is not plainly UTF-8. Damaged UTF-8 stays UTF-8, so that
    whoever reads it says where the damage is.
    """
    with open_unpacked(file.path) as stream:
        head = stream.read(_HEAD_SIZE)
    if encoding_of(head, ReadOptions(encoding=_UNMARKED)) != _UNMARKED:
        return options
    try:
        if options.encoding:
            is_plain = is_utf8(file.path, least=_PLAINLY)
            return replace(options, encoding=None) if is_plain else options
        wide = wide_encoding(head)
        if wide is None and is_utf8(file.path):
            return options
        return replace(options, encoding=wide or detect_encoding(file.path))
    except GZIP_ERRORS as error:
        raise damaged_gzip(file.label, error) from error


def wrong_encoding(file: DataFile, error: UnicodeDecodeError) -> PortraitError:
    """The error for bytes that are no text in the expected encoding; the hint names likely ones."""
    with open_unpacked(file.path) as stream:
        head = stream.read(_PIECE)
    likely = [name for name in _LIKELY_ENCODINGS if _reads_as(head, name)]
    also = f" These would read it: {', '.join(likely)}." if likely else ""
    return PortraitError(
        f"{file.label} is not {error.encoding.upper()}: {error.reason} at byte {error.start}.",
        "Declare its `encoding` in the dbt project's _sources.yml, or export it as UTF-8." + also,
    )


def mixed_line_ends(file: DataFile, text: Path) -> PortraitError | None:
    """The error for CSV whose lines end in several ways, with the first that does; None for other.

    Args:
        file: The file, for the message.
        text: The file or its copy, in UTF-8.
    """
    first, is_quoted = "", False
    with text.open(encoding="utf-8", errors="replace", newline="") as stream:
        for number, line in enumerate(stream, start=1):
            is_quoted ^= line.count('"') % 2 == 1
            end = line[len(line.rstrip("\r\n")) :]
            first = first or ("" if is_quoted else end)
            if end and not is_quoted and end != first:
                return PortraitError(
                    f"{file.label} cannot be read: line {number} ends in {_LINE_ENDS[end]}, the "
                    f"lines above it in {_LINE_ENDS[first]}.",
                    "Save the file with one kind of line end.",
                )
    return None


def _reads_as(head: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _decoder(encoding: str) -> codecs.IncrementalDecoder | None:
    """What decodes it; None where nothing needs to be.

    Raises:
        LookupError: Python knows no such encoding of text.
    """
    # `str.encode` refuses codecs that are none of text, such as base64.
    "".encode(encoding)
    name = codecs.lookup(encoding).name
    return None if name in ("utf-8", "ascii") else codecs.getincrementaldecoder(encoding)()


def _decoded(file: DataFile, encoding: str) -> Iterator[bytes]:
    decoder = _decoder(encoding)
    limit = most_unpacked(file.path)
    size = 0
    with open_unpacked(file.path) as stream:
        while piece := stream.read(_PIECE):
            size += len(piece)
            if size > limit:
                raise PortraitError(
                    f"{file.label} unpacks to more than {MOST_UNPACKED} times its size.",
                    "If that is meant, unpack it yourself and name the unpacked file.",
                )
            try:
                yield decoder.decode(piece).encode() if decoder else piece
            except UnicodeDecodeError as error:
                start = size - len(piece) + error.start
                raise UnicodeDecodeError(
                    encoding, error.object, start, start + 1, error.reason
                ) from error
    if decoder:
        yield decoder.decode(b"", final=True).encode()
