"""The changes of portraits as messages, each the same whenever it is made."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count, groupby, islice
from typing import Any

from orchestration.publishing.reading import Row, Snapshot

KIND = "portrait.profile_changes"
"""The type of every message."""

_ROWS = """
    select changes.shop, customer_id, as_of_date, change_kind, attribute, old_value, new_value
    from profile_changes as changes
    left join tag_catalog
        on changes.shop = tag_catalog.shop and changes.attribute = tag_catalog.tag_key
    where published_at = $published_at
        and ($with_personal or tag_catalog.sensitivity = 'internal')
    order by changes.shop, customer_id, attribute
"""


@dataclass(frozen=True)
class Version:
    """A published version that changed something.

    Attributes:
        published_at: When, UTC.
        previous_published_at: When the version was that it is compared with; None at the first.
    """

    published_at: datetime
    previous_published_at: datetime | None

    @property
    def name(self) -> str:
        """Tells it from others, in ids of messages."""
        return f"{self.published_at:%Y%m%dT%H%M%S%f}"


@dataclass(frozen=True)
class Message:
    """Changes of some customers in a version.

    Attributes:
        id: The same whenever it is sent again: a receiver keeps it to take it once.
        version: The version.
        number: Its place among those of the version, from 0.
        changes: Rows, by shop, customer and attribute; all of a customer are in one message.
    """

    id: str
    version: Version
    number: int
    changes: Sequence[Row]

    @property
    def body(self) -> dict[str, Any]:
        """What is sent, as JSON has it."""
        before = self.version.previous_published_at
        return {
            "type": KIND,
            "timestamp": f"{self.version.published_at.isoformat()}Z",
            "data": {
                "previous_published_at": before and f"{before.isoformat()}Z",
                "changes": [
                    {name: _as_json(value) for name, value in row.items()} for row in self.changes
                ],
            },
        }


def versions_after(snapshot: Snapshot, last: str | None) -> list[Version]:
    """The versions of the feed that came after one, the oldest first.

    Args:
        snapshot: The published snapshot.
        last: The name of the last that was delivered; None for all that the feed holds.
    """
    rows = snapshot.rows(
        "select distinct published_at, previous_published_at from profile_changes order by all"
    )
    found = [Version(row["published_at"], row["previous_published_at"]) for row in rows]
    return [one for one in found if last is None or one.name > last]


def messages(
    snapshot: Snapshot, version: Version, first: int, customers: int, *, with_personal: bool
) -> Iterator[Message]:
    """The messages of a version.

    Args:
        snapshot: The published snapshot.
        version: Of `versions_after`.
        first: The number of the first that is wanted.
        customers: So many are in a message.
        with_personal: Whether attributes are told that are personal by tag_catalog.
    """
    rows = snapshot.stream(_ROWS, published_at=version.published_at, with_personal=with_personal)
    of_customers = groupby(rows, key=lambda row: (row["shop"], row["customer_id"]))
    for number in count():
        some = islice(of_customers, customers)
        changes = [row for _, of_customer in some for row in of_customer]
        if not changes:
            return
        if number >= first:
            yield Message(f"{version.name}-{number}", version, number, changes)


def _as_json(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
