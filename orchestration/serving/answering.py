"""Answers with what they need: which version they are of, and the same again for nothing."""

import json
import math
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from orchestration.serving.guard import CALLER, Caller
from orchestration.serving.packed import unpack
from orchestration.serving.versions_open import OpenVersion

_ALWAYS = (
    (b"cache-control", b"private, no-cache"),
    (b"vary", b"accept-encoding, authorization"),
)
_JSON = (b"content-type", b"application/json")
_NO_GZIP = ("gzip;q=0", "gzip; q=0")


def caller_of(request: Request) -> Caller:
    """Who asks."""
    caller: Caller = request.scope[CALLER]
    return caller


def packed_answer(
    request: Request, version: OpenVersion, answer: bytes, tag: str, *more: tuple[bytes, bytes]
) -> Response:
    """An answer that lies packed: as it is for those who take gzip.

    Args:
        request: The request.
        version: Which the answer is of.
        answer: JSON, compressed by gzip.
        tag: Hash of the JSON.
        more: Headers beside those of every answer.
    """
    accepted = request.headers.get("accept-encoding", "")
    is_packed = "gzip" in accepted and not any(refused in accepted for refused in _NO_GZIP)
    # Strong: two encodings of an answer differ in their bytes (RFC 9110, 8.8.3.3).
    etag = f'"{tag}-gzip"' if is_packed else f'"{tag}"'
    headers = [*_headers(version, etag), *more]
    if _is_known(request, tag):
        return RawResponse(304, b"", headers)
    if is_packed:
        return RawResponse(200, answer, [*headers, _JSON, (b"content-encoding", b"gzip")])
    return RawResponse(200, unpack(answer), [*headers, _JSON])


def json_answer(
    request: Request, version: OpenVersion, value: object, *more: tuple[bytes, bytes]
) -> Response:
    """An answer that is made for the request, with `more` headers."""
    try:
        body = _json(value)
    except ValueError:
        body = _json(_without_nan(value))
    tag = blake2b(body, digest_size=8).hexdigest()
    headers = [*_headers(version, f'"{tag}"'), *more]
    if request.method == "GET" and _is_known(request, tag):
        return RawResponse(304, b"", headers)
    return RawResponse(200, body, [*headers, _JSON])


def text_answer(
    request: Request, version: OpenVersion, body: bytes, kind: bytes, *more: tuple[bytes, bytes]
) -> Response:
    """A text for a browser, of the media type `kind`, with `more` headers."""
    tag = blake2b(body, digest_size=8).hexdigest()
    headers = [*_headers(version, f'"{tag}"'), *more]
    if _is_known(request, tag):
        return RawResponse(304, b"", headers)
    return RawResponse(200, body, [*headers, (b"content-type", kind)])


class RawResponse(Response):
    """A response whose headers are bytes already: to encode them took a tenth of an answer."""

    def __init__(self, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
        """Keeps them as they are."""
        self.status_code, self.body, self.background = status, body, None
        self.raw_headers = headers
        if status != 304:
            headers.append((b"content-length", str(len(body)).encode()))


def _headers(version: OpenVersion, etag: str) -> list[tuple[bytes, bytes]]:
    return [*version.headers, (b"etag", etag.encode()), *_ALWAYS]


def _is_known(request: Request, tag: str) -> bool:
    # A tag is a hash of 16 digits: it stands in no other.
    known = request.headers.get("if-none-match")
    return known is not None and (tag in known or known == "*")


def _json(value: object) -> bytes:
    return json.dumps(
        value, default=_plain, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    ).encode()


def _without_nan(value: object) -> object:
    """JSON has no NaN and no infinity; that there are some is rare, and looked for only then."""
    if isinstance(value, Mapping):
        return {name: _without_nan(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_without_nan(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _plain(value: Any) -> object:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError
