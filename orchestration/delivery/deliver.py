"""Delivering what has changed: in order, each message until it is taken, and none left out."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from orchestration.delivery.feed import Version, messages, versions_after
from orchestration.delivery.webhook import Webhook
from orchestration.publishing.reading import Snapshot
from orchestration.state.whole_files import write_whole

CUSTOMERS = 200
"""So many customers are in a message."""


@dataclass(frozen=True)
class Delivered:
    """How far a receiver has come.

    Attributes:
        version: The name of the last version of which something was taken.
        messages: So many messages of it were taken.
        is_whole: They were all of it.
    """

    version: str
    messages: int
    is_whole: bool


@dataclass(frozen=True)
class Delivery:
    """What was sent.

    Attributes:
        versions: Versions of which something was sent.
        messages: Messages that were taken.
        changes: Rows in them.
        missed: The receiver had come so far, and the feed begins later: what may have changed
            between is in the marts alone.
    """

    versions: int
    messages: int
    changes: int
    missed: str | None = None


def deliver(
    snapshot: Snapshot,
    webhook: Webhook,
    progress: Path,
    *,
    with_personal: bool = False,
    told: Callable[[Version], object] = lambda version: None,
) -> Delivery:
    """Sends what the receiver has not taken yet.

    How far it has come is written after each message: who is killed in between sends that one
    again, under the same id.

    Args:
        snapshot: The published snapshot.
        webhook: The receiver.
        progress: The file that says how far each receiver has come.
        with_personal: Whether attributes are told that are personal by tag_catalog.
        told: Called with each version before it is sent.

    Raises:
        PortraitError: A message was not taken; those before it were.
    """
    last = _read(progress).get(_name(webhook))
    pending = versions_after(snapshot, None if last is None else last.version)
    missed = _missed(snapshot, last, pending)
    if last and not last.is_whole:
        begun = [one for one in versions_after(snapshot, None) if one.name == last.version]
        pending = [*begun, *pending]
    count = changes = 0
    for version in pending:
        told(version)
        is_begun = last is not None and last.version == version.name
        first = last.messages if last is not None and is_begun else 0
        sent = first
        for message in messages(snapshot, version, first, CUSTOMERS, with_personal=with_personal):
            webhook.send(message)
            sent = message.number + 1
            _write(progress, webhook, Delivered(version.name, sent, is_whole=False))
            count, changes = count + 1, changes + len(message.changes)
        _write(progress, webhook, Delivered(version.name, sent, is_whole=True))
    return Delivery(len(pending), count, changes, missed)


def _missed(snapshot: Snapshot, last: Delivered | None, pending: list[Version]) -> str | None:
    """How far the receiver had come, where the feed does not begin there."""
    if last is None or not pending:
        return None
    before = pending[0].previous_published_at
    is_next = before is not None and Version(before, None).name <= last.version
    is_held = any(one.name == last.version for one in versions_after(snapshot, None))
    return None if is_next or is_held else last.version


def _name(webhook: Webhook) -> str:
    """Tells receivers apart, without an address that may hold a secret."""
    return hashlib.sha256(webhook.url.encode()).hexdigest()


def _read(progress: Path) -> dict[str, Delivered]:
    if not progress.exists():
        return {}
    return {name: Delivered(**told) for name, told in json.loads(progress.read_text()).items()}


def _write(progress: Path, webhook: Webhook, delivered: Delivered) -> None:
    told = {**_read(progress), _name(webhook): delivered}
    write_whole(progress, json.dumps({name: asdict(one) for name, one in told.items()}, indent=1))
