"""A webhook: messages are signed, posted, and posted again until they are taken.

Signed as the specification of Standard Webhooks has it, so that receivers check them with its
libraries. See https://www.standardwebhooks.com.
"""

import base64
import binascii
import hashlib
import hmac
import json
import time
from typing import NamedTuple
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from orchestration.delivery.feed import Message
from orchestration.errors import PortraitError

SECRET_NAME = "PORTRAIT_WEBHOOK_SECRET"  # noqa: S105
_PREFIX = "whsec_"
_LEAST_BYTES = 24
_HOW = (
    f"Set {SECRET_NAME} to what this prints, here and at the receiver: "
    'echo "whsec_$(openssl rand -base64 32)"'
)
# Those that may go well the next time.
_AGAIN = (408, 425, 429, 500, 502, 503, 504)
_SECONDS_TO_CONNECT, _SECONDS_TO_ANSWER = 5, 30
_HERE = {"localhost", "127.0.0.1", "::1"}


class Patience(NamedTuple):
    """How often a message is posted again, and after how long.

    Attributes:
        tries: After the first.
        pause: Seconds before the second of them; each later pause is twice as long. What the
            receiver asks for by Retry-After goes before.
    """

    tries: int = 6
    pause: float = 1.0


class Webhook:
    """An address that takes messages."""

    def __init__(self, url: str, secret: str, patience: Patience | None = None) -> None:
        """Checks the address and the secret.

        Args:
            url: The address; https, unless it is of this machine.
            secret: `whsec_` and 24 or more bytes in base64.
            patience: With a receiver that is not there.

        Raises:
            PortraitError: One of them is no such thing.
        """
        self.url = _checked(url)
        self._key = _key(secret)
        patience = patience or Patience()
        retry = Retry(
            total=patience.tries,
            backoff_factor=patience.pause / 2,
            status_forcelist=_AGAIN,
            allowed_methods={"POST"},
            raise_on_status=False,
            redirect=False,
        )
        self._session = requests.Session()
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=retry))

    def send(self, message: Message) -> None:
        """Posts a message until it is taken.

        Raises:
            PortraitError: It was refused, or nobody took it for long.
        """
        body = json.dumps(message.body, ensure_ascii=False, separators=(",", ":")).encode()
        timestamp = str(int(time.time()))
        headers = {
            "content-type": "application/json; charset=utf-8",
            "idempotency-key": message.id,
            "webhook-id": message.id,
            "webhook-timestamp": timestamp,
            "webhook-signature": self.signature(message.id, timestamp, body),
        }
        try:
            answer = self._session.post(
                self.url,
                data=body,
                headers=headers,
                timeout=(_SECONDS_TO_CONNECT, _SECONDS_TO_ANSWER),
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise PortraitError(
                f"{_plain(self.url)} cannot be reached: {type(error).__name__}.",
                "What was taken is not sent again: run it once more when it is there.",
            ) from error
        if not answer.ok or answer.is_redirect:
            raise PortraitError(
                f"{_plain(self.url)} answered {answer.status_code} to message {message.id}.",
                "See the receiver's log. What was taken is not sent again.",
            )

    def signature(self, message_id: str, timestamp: str, body: bytes) -> str:
        """`v1,` and HMAC-SHA256 of id, time and body in base64."""
        signed = b".".join((message_id.encode(), timestamp.encode(), body))
        digest = hmac.new(self._key, signed, hashlib.sha256).digest()
        return f"v1,{base64.b64encode(digest).decode()}"


def _checked(url: str) -> str:
    parts = urlsplit(url)
    is_here = parts.hostname in _HERE
    if parts.hostname and (parts.scheme == "https" or (parts.scheme == "http" and is_here)):
        return url
    raise PortraitError(
        f"{_plain(url)} is no address that changes may be sent to.",
        "Name one that begins with https://; http:// is for this machine alone.",
    )


def _plain(url: str) -> str:
    """Without what may be secret: user, password and query."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}{parts.path}" if parts.hostname else "This"


def _key(secret: str) -> bytes:
    if not secret:
        raise PortraitError("Messages cannot be signed: there is no secret.", _HOW)
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not secret.startswith(_PREFIX) or len(key) < _LEAST_BYTES:
        raise PortraitError(f"{SECRET_NAME} is no secret of a webhook.", _HOW)
    return key
