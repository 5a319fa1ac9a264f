"""One person as published: whose keys are one, by which shared identifiers, and since when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from orchestration.errors import PortraitError
from orchestration.publishing.reading import Row, Snapshot

# Of what does not link, a bot's address may have thousands.
_SHOWN_REFUSED = 20


@dataclass(frozen=True)
class Key:
    """A key that a source has of the person.

    Attributes:
        key: `source_system:source_customer_id`.
        known_since: First day with a trace of it; None: always.
        joined_on: First day as of which it is this person's; None: all along.
        was: The customer that it was before.
    """

    key: str
    known_since: date | None
    joined_on: date | None
    was: str | None


@dataclass(frozen=True)
class Edge:
    """An identifier that two keys share, or what they were found to have in common.

    Attributes:
        number: By which a split names it; from 1, those that link first.
        kind: Of seeds/identifier_kinds.csv, or rule, or found.
        identifier: Masked; of what was found the names of the fields.
        key: The key that had it first.
        other: The other key.
        seen_on: Day on which both had been seen with it; None where no day is known.
        last_seen_on: Day on which the source last told it of the other key; None if unknown.
        key_count: How many keys of the shop have it.
        refused_because: Why it does not link; None where it does.
        match_probability: Of what was found, that the two are one person's, 0..1; else None.
    """

    number: int
    kind: str
    identifier: str
    key: str
    other: str
    seen_on: date | None
    last_seen_on: date | None
    key_count: int
    refused_because: str | None
    match_probability: float | None


@dataclass(frozen=True)
class Person:
    """A customer and why their keys are theirs.

    Attributes:
        customer_id: Of customer_profiles.
        shop: The shop.
        as_of_date: The day of the portraits.
        keys: The person's, that known first first.
        edges: What links them, and what is shared with others and does not; of the latter only so
            many.
        refused_count: All that is shared and does not link.
    """

    customer_id: str
    shop: str
    as_of_date: date
    keys: Sequence[Key]
    edges: Sequence[Edge]
    refused_count: int

    @property
    def links(self) -> list[Edge]:
        """The edges that make the keys one person."""
        return [edge for edge in self.edges if edge.refused_because is None]


def read_person(snapshot: Snapshot, customer_id: str) -> Person:
    """The person behind an id or any key.

    Args:
        snapshot: The published snapshot.
        customer_id: As in `Snapshot.profile`.

    Raises:
        PortraitError: Nobody has the id, or several have, or the snapshot is of older code.
    """
    # The column that came last.
    if not snapshot.rows(
        "from duckdb_columns()"
        " where table_name = 'identity_edges' and column_name = 'match_probability'"
    ):
        raise PortraitError(
            "What is published does not say yet who is who.", "Make the portraits: make run"
        )
    profile = snapshot.profile(customer_id)
    person = str(profile["customer_id"])
    keys = [
        Key(row["key"], row["first_known_date"], row["joined_date"], row["was"])
        for row in snapshot.rows(_KEYS, person)
    ]
    rows = snapshot.rows(_EDGES, person)
    refused = sum(row["refused_because"] is not None for row in rows)
    shown = rows[: len(rows) - max(0, refused - _SHOWN_REFUSED)]
    return Person(
        person,
        profile["shop"],
        profile["as_of_date"],
        keys,
        [_edge(number, row) for number, row in enumerate(shown, start=1)],
        refused,
    )


def _edge(number: int, row: Row) -> Edge:
    return Edge(
        number,
        kind=row["identifier_kind"],
        identifier=row["masked_identifier"],
        key=row["key"],
        other=row["other"],
        seen_on=row["first_seen_date"],
        last_seen_on=row["last_seen_date"],
        key_count=row["key_count"],
        refused_because=row["refused_because"],
        match_probability=row["match_probability"],
    )


_KEYS = """
    with
    was as (
        select source_system, source_customer_id, arg_max(recorded_as, valid_to) as was
        from identity_history where not is_current group by all
    )
    select
        source_system || ':' || source_customer_id as key, first_known_date, joined_date,
        case when joined_date is not null then was end as was
    from customer_identifiers left join was using (source_system, source_customer_id)
    where customer_id = ?
    order by key <> customer_id, first_known_date nulls first, key
"""
_EDGES = """
    select
        identifier_kind, masked_identifier, key_count, match_probability, first_seen_date,
        last_seen_date,
        source_system || ':' || source_customer_id as key,
        other_source_system || ':' || other_source_customer_id as other,
        not_linked_because as refused_because
    from identity_edges where $1 in (customer_id, other_customer_id)
    order by not is_linked, first_seen_date nulls first, identifier_kind, key, other,
        identifier_number
"""
