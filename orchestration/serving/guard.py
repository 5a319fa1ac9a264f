"""What stands before every answer: who asks, how often, and what is noted of it.

One layer of plain ASGI in place of a stack of middlewares, each of which would cost as much as the
answer. It notes the pattern of the path (`/v1/customers/{customer_id}`) and the name of the key; no
id, no query and no address, so that the log holds nothing about a customer.
"""

import base64
import logging
import re
import secrets
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orchestration.serving.keys import KeyRing
from orchestration.serving.keys import Scope as KeyScope
from orchestration.serving.limits import RateLimit
from orchestration.serving.metrics import Metrics
from orchestration.serving.problems import ProblemError

log = logging.getLogger("portrait.serving")
# Gets a line of JSON an answer.
Note = Callable[[str], object]

# Where a request has who asks.
CALLER = "portrait.caller"
# Whoever watches a service has no key to show, and learns nothing from the description.
OPEN_PATHS = frozenset({"/healthz", "/readyz", "/openapi.json"})
MOST_BYTES = 262_144
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_BEARER = re.compile(r"Bearer +(\S+)", re.IGNORECASE)
_BASIC = re.compile(r"Basic +(\S+)", re.IGNORECASE)
# What a browser shows: it asks for a key as for a password.
PAGES, MODELS = "/pages", "/models"
_FOR_SERVICES, _FOR_BROWSERS = 'Bearer realm="portrait"', 'Basic realm="portrait", charset="UTF-8"'
# Nothing is guessed of an answer, and no page of another site may draw it, frame it or run it.
_ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_LOCAL_HOST = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d+)?")
_NO_ROUTE = "unmatched"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@dataclass(frozen=True)
class Caller:
    """Who asks.

    Attributes:
        name: Of the key; empty without one.
        sees_personal: Whether columns that say who somebody is are answered.
    """

    name: str
    sees_personal: bool


_NOBODY = Caller("", sees_personal=False)


class Guard:
    """The API with keys, limits, request ids, log and metrics before it."""

    def __init__(
        self,
        app: ASGIApp,
        keys: KeyRing,
        limit: RateLimit,
        metrics: Metrics,
        note: Note,
        *,
        is_local: bool,
    ) -> None:
        """Wraps the API.

        Args:
            app: The API.
            keys: Who may ask.
            limit: How often.
            metrics: Where answers are counted.
            note: Where a line of each answer goes.
            is_local: It listens on this machine alone: as long as there is no key, nobody needs one
                and nobody sees personal columns.
        """
        self._app = app
        self._keys, self._limit, self._metrics, self._write = keys, limit, metrics, note
        self._is_local = is_local

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        noted = _Noted(scope)

        async def send_noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                noted.status = message["status"]
                message["headers"].append((b"x-request-id", noted.request_id))
                message["headers"].extend(_ALWAYS)
            await send(message)

        try:
            caller = self._admit(scope, noted)
            scope[CALLER] = caller
            noted.caller = caller.name
            if noted.has_body:
                receive = await _body_first(receive)
            await self._app(scope, receive, send_noted)
        except ProblemError as problem:
            await problem.response()(scope, receive, send_noted)
        except Exception as error:
            # Its message may hold what was asked: where it happened is enough.
            frames = "".join(traceback.format_tb(error.__traceback__))
            log.error("request %s: %s\n%s", noted.request_id.decode(), type(error).__name__, frames)
            if not noted.status:
                await failed().response()(scope, receive, send_noted)
        finally:
            self._note(scope, noted)

    def _admit(self, scope: Scope, noted: "_Noted") -> Caller:
        """Who asks.

        Raises:
            ProblemError: Nobody whom it knows, or too often.
        """
        if scope["path"] in OPEN_PATHS:
            return _NOBODY
        caller = self._known(noted, scope["path"])
        client = scope.get("client")
        waiting = self._limit.wait(caller.name or f"@{client[0] if client else ''}")
        if waiting:
            raise ProblemError(
                429,
                "too_many_requests",
                "This key has asked too often.",
                "Ask again after the seconds of Retry-After, and slower.",
                headers={"retry-after": str(ceil(waiting))},
            )
        return caller

    def _known(self, noted: "_Noted", path: str) -> Caller:
        if self._is_local and not self._keys.is_used:
            # A page of another site cannot ask by a name that it has turned to this machine.
            if _LOCAL_HOST.fullmatch(noted.host):
                return _NOBODY
            raise ProblemError(
                421,
                "unknown_host",
                "Without a key only this machine is answered, by its own name.",
                "Ask 127.0.0.1 or localhost, or add a key: portrait keys add NAME",
            )
        key = self._keys.find(_given_key(noted.authorization))
        if key is None:
            is_page = path in ("/", PAGES) or path.startswith((f"{PAGES}/", f"{MODELS}/"))
            raise ProblemError(
                401,
                "no_key",
                "The request has no key that is known.",
                "Send one: Authorization: Bearer KEY. Add one: portrait keys add NAME",
                headers={"www-authenticate": _FOR_BROWSERS if is_page else _FOR_SERVICES},
            )
        return Caller(key.name, key.scope is KeyScope.PERSONAL)

    def _note(self, scope: Scope, noted: "_Noted") -> None:
        seconds = time.perf_counter() - noted.began
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        route = getattr(scope.get("route"), "path", _NO_ROUTE).replace(":path}", "}")
        status = noted.status or 499  # The client was gone before there was an answer.
        self._metrics.count(method, route, status, seconds)
        # All parts are words of ours, or were checked: logging and json took a third of an answer.
        self._write(
            f'{{"at":"{datetime.now(UTC).isoformat(timespec="milliseconds")}",'
            f'"request_id":"{noted.request_id.decode()}","key":"{noted.caller}",'
            f'"method":"{method}","route":"{route}","status":{status},'
            f'"milliseconds":{seconds * 1000:.2f}}}\n'
        )


def _given_key(authorization: str) -> str:
    """The key that a service sends, or that a person has typed as password; empty without one."""
    if bearer := _BEARER.fullmatch(authorization):
        return bearer[1]
    basic = _BASIC.fullmatch(authorization)
    try:
        typed = base64.b64decode(basic[1], validate=True).decode() if basic else ""
    except ValueError:
        return ""
    return typed.partition(":")[2]


class _Noted:
    """What is noted of a request."""

    def __init__(self, scope: Scope) -> None:
        self.began = time.perf_counter()
        self.caller = ""
        self.status = 0
        self.authorization = self.host = ""
        self.has_body = False
        self.request_id = b""
        for name, value in scope["headers"]:
            if name == b"authorization":
                self.authorization = value.decode("latin-1")
            elif name == b"host":
                self.host = value.decode("latin-1")
            elif name in (b"content-length", b"transfer-encoding"):
                self.has_body = True
            elif name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
                self.request_id = value
        self.request_id = self.request_id or secrets.token_hex(8).encode()


async def _body_first(receive: Receive) -> Receive:
    """Receives the body, which is short, before anything is done.

    Raises:
        ProblemError: It is not short.
    """
    body, is_more = b"", True
    while is_more:
        message = await receive()
        if message["type"] != "http.request":
            break
        body += message.get("body", b"")
        is_more = message.get("more_body", False)
        if len(body) > MOST_BYTES:
            raise ProblemError(
                413,
                "too_large",
                f"The request has more than {MOST_BYTES:,} bytes.",
                "Ask about less at once.",
            )
    received = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return received.pop() if received else await receive()

    return receive_again


def failed() -> ProblemError:
    """What is answered when the service has made a mistake."""
    return ProblemError(
        500,
        "failed",
        "The request failed by a mistake of the service.",
        "Tell whoever runs it the x-request-id; the log has more.",
    )
