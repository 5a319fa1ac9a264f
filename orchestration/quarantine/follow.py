"""What became of one row of a file: several rows can be made of it, each judged by itself."""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from orchestration.errors import PortraitError
from orchestration.quarantine.catalogue import validated_entity
from orchestration.quarantine.explain import BadRow, rows_from
from orchestration.quoting import identifier, quoted
from orchestration.warehouse.manifest import Manifest
from orchestration.warehouse.opening import columns_of

_IDENTITIES = "intermediate.int_identities"


@dataclass(frozen=True)
class AcceptedRow:
    """A row that counts; `customer_id` is None where it is about nobody, as a product is."""

    source: str
    entity: str
    key: str
    customer_id: str | None
    origin_file: str
    origin_row: int


@dataclass(frozen=True)
class Followed:
    """What was made of a row of a file."""

    rejected: list[BadRow]
    accepted: list[AcceptedRow]


def follow(
    connection: duckdb.DuckDBPyConnection, manifest: Manifest, origin_file: str, origin_row: int
) -> Followed:
    """Finds what came from a row of a file, of any entity and source.

    Raises:
        PortraitError: Nothing did.
    """
    followed = Followed(
        rows_from(connection, origin_file, origin_row),
        _accepted(connection, manifest, origin_file, origin_row),
    )
    if not (followed.rejected or followed.accepted):
        raise PortraitError(
            f"Nothing accepted or in quarantine came from {origin_file}:{origin_row}.",
            "Rows are counted from 1, without the header, and files are named as in the folder "
            "of the source; portrait quarantine explain REASON shows examples.",
        )
    return followed


def _accepted(
    connection: duckdb.DuckDBPyConnection, manifest: Manifest, origin_file: str, origin_row: int
) -> list[AcceptedRow]:
    queries = [
        _query(connection, entity, key) for entity, key in sorted(_entity_keys(manifest).items())
    ]
    rows = connection.execute(
        " union all ".join(queries) + " order by source_system, entity, row_key",
        {"file": origin_file, "row": origin_row},
    ).fetchall()
    return [
        AcceptedRow(source, entity, key, customer_id, origin_file, origin_row)
        for source, entity, key, customer_id in rows
    ]


def _query(connection: duckdb.DuckDBPyConnection, entity: str, key: list[str]) -> str:
    """The accepted rows of an entity, with the person where the entity is about one."""
    judged = f"intermediate.int_{entity}_validated"
    customer, join = "null", ""
    # A first run that failed may have judged rows and not yet told who is who.
    if "source_customer_id" in columns_of(connection, judged) and columns_of(
        connection, _IDENTITIES
    ):
        customer = "identities.customer_id"
        # Whose it is by all that is known: of a key's periods the last.
        join = (
            f"left join (from {_IDENTITIES} where known_until = '9999-12-31') as identities"
            " using (source_system, source_customer_id)"
        )
    return f"""
        select source_system, {quoted(entity)} as entity,
            concat_ws(' / ', {", ".join(map(identifier, key))}) as row_key, {customer}
        from {judged} {join}
        where reason_code is null and origin_file = $file and origin_row = $row
    """


def _entity_keys(manifest: Manifest) -> Mapping[str, list[str]]:
    """The key of each entity beside its source system, as the test of its grain declares it."""
    nodes = manifest["nodes"]
    entities = {validated_entity(node["name"]) for node in nodes.values()} - {None}
    keys = {}
    for node in nodes.values():
        declared = node.get("test_metadata") or {}
        name = nodes.get(node.get("attached_node"), {}).get("name", "")
        entity = name.removeprefix("int_")
        # A mart may have the entity's name, and another grain.
        if declared.get("name") == "unique_grain" and entity in entities - {name}:
            columns = declared["kwargs"]["columns"]
            keys[entity] = [column for column in columns if column != "source_system"]
    return keys
