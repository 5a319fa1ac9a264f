"""A JSON answer that lies on the disk as it goes over the wire: gzip, with or without its end.

An answer has two forms: for all who may ask, and with the personal part, which comes last. Both
share their beginning, which is compressed once (RFC 1951: a flushed stream of blocks can be
followed by others); each form has an end of its own. So neither form is compressed, or parsed, for
a request, and the personal part costs no second copy of the rest.
"""

import struct
import zlib
from hashlib import blake2b
from typing import NamedTuple

from isal import isal_zlib

# RFC 1952: deflate, no flags, no time, fastest, unknown system.
_HEADER = bytes((0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 4, 255))
# ISA-L's level 3 makes the file a thirtieth smaller, for nearly twice the CPU.
_LEVEL = 1
_RAW, _GZIP = -15, 31
_END = b"}"
_TAG_BYTES = 8
# Of a block that is not compressed.
_LONGEST = 0xFFFF


class Packed(NamedTuple):
    """An answer in two forms; each is `start` and its end, and carries its ETag.

    Attributes:
        start: What both forms begin with, compressed.
        plain_end: The end for all, compressed, with the checks of the whole.
        personal_end: The end with the personal part.
        plain_tag: Hash of the answer for all.
        personal_tag: Hash of the answer with the personal part.
    """

    start: bytes
    plain_end: bytes
    personal_end: bytes
    plain_tag: str
    personal_tag: str


def pack(plain: str, personal: str) -> Packed:
    """Packs an answer.

    Args:
        plain: A JSON object for all, without its closing brace.
        personal: A JSON value, which the other form has under `personal`.
    """
    start = plain.encode()
    end = b',"personal":' + personal.encode() + _END
    compressor = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, _RAW)
    deflated = compressor.compress(start) + compressor.flush(isal_zlib.Z_FULL_FLUSH)
    checked = zlib.crc32(start)
    tag = blake2b(start, digest_size=_TAG_BYTES)
    plain_tag = tag.hexdigest()
    tag.update(end)
    return Packed(
        _HEADER + deflated,
        _ended(_END, checked, len(start)),
        _ended(end, checked, len(start)),
        plain_tag,
        tag.hexdigest(),
    )


def unpack(answer: bytes) -> bytes:
    """The JSON of a form, for those who do not take gzip."""
    return zlib.decompress(answer, _GZIP)


def _ended(end: bytes, checked: int, length: int) -> bytes:
    """Blocks that hold `end` as it is, and the checks of the whole."""
    blocks = b"".join(
        _stored(end[place : place + _LONGEST], is_last=place + _LONGEST >= len(end))
        for place in range(0, len(end), _LONGEST)
    )
    whole = zlib.crc32(end, checked), (length + len(end)) & 0xFFFFFFFF
    return blocks + struct.pack("<II", *whole)


def _stored(part: bytes, *, is_last: bool) -> bytes:
    """A block of deflate that is not compressed: a compressor costs more to make than it saves."""
    size = len(part)
    return struct.pack("<BHH", is_last, size, size ^ 0xFFFF) + part
