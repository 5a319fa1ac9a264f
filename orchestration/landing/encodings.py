"""In which encoding a text is that is not UTF-8 and of which nobody said: told from its bytes.

What comes out is named to the user wherever the file is read, and may be declared instead.
"""

from pathlib import Path

from orchestration.landing.formats import open_unpacked

_PIECE = 1 << 20
# Lines with more than ASCII are what tells; so many bytes of them are enough.
_MOST_TOLD = 1 << 15
_LONGEST_LINE = 1 << 14
# Those of spreadsheets and shop systems, the likelier first: where several read a text as well, it
# is the first of them.
_LIKELY = ("gb18030", "cp1252", "big5", "cp932", "cp949", "cp1251", "cp1250", "cp1253", "cp1254")
_LATIN, _OTHER_ALPHABETS, _FEW = "cp1252", ("cp1251", "cp1253"), 0.5
# By how much a text may look more disordered than in the encoding that suits it best. Few names in
# Chinese look like Korean by 0.03, and Korean ones like Chinese by 0.12.
_AS_WELL = 0.1


def is_utf8(path: Path, least: int = 0) -> bool:
    """Whether the whole of a text is UTF-8, unpacked where gzip has packed it.

    Args:
        path: The text.
        least: So many characters beyond ASCII it has to hold.
    """
    left, beyond = b"", 0
    with open_unpacked(path) as stream:
        while piece := stream.read(_PIECE):
            if not left and piece.isascii():
                continue
            whole = left + piece
            try:
                text, left = whole.decode(), b""
            except UnicodeDecodeError as error:
                text, left = whole[: error.start].decode(), whole[error.start :]
                if error.reason != "unexpected end of data" or len(left) > 3:
                    return False
            beyond += len(text) - sum(map(str.isascii, text)) if beyond < least else 0
    return not left and beyond >= least


def detect_encoding(path: Path) -> str | None:
    """The likeliest encoding of a text that is not UTF-8; None where no likely one reads it."""
    # Its import would cost each run that has no such file.
    from charset_normalizer import from_bytes

    told = _telling_lines(path)
    if _is_damaged_utf8(told):
        return None
    matches = from_bytes(told, cp_isolation=list(_LIKELY), threshold=0.5)
    disorder: dict[str, float] = {}
    for match in matches:
        for name in match.could_be_from_charset:
            disorder[name] = min(match.chaos, disorder.get(name, 1.0))
    least = min(disorder.values(), default=0.0)
    fitting = (name for name in _LIKELY if disorder.get(name, 1.0) <= least + _AS_WELL)
    best = next(fitting, None)
    # A few letters among plain ones are accents, never Cyrillic or Greek.
    return _LATIN if best in _OTHER_ALPHABETS and _has_few(told) else best


def _is_damaged_utf8(told: bytes) -> bool:
    """Whether half of what is more than ASCII reads as UTF-8: hardly any does by chance."""
    text = told.decode("utf-8", "replace")
    damages = text.count("\ufffd")
    return sum(not character.isascii() for character in text) >= 2 * damages


def _has_few(told: bytes) -> bool:
    beyond = sum(byte > 127 for byte in told)
    plain = sum(bytes([byte]).isalpha() for byte in told)
    return beyond < _FEW * (beyond + plain)


def _telling_lines(path: Path) -> bytes:
    told = b""
    with open_unpacked(path) as stream:
        while len(told) < _MOST_TOLD and (line := stream.readline(_LONGEST_LINE)):
            told += b"" if line.isascii() else line
    return told
