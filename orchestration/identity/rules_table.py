"""Who is who in the warehouse, as people have decided and as it was found, for the SQL to read."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from orchestration.identity.found_links import read_found_links
from orchestration.identity.rules import read_rules
from orchestration.warehouse.opening import transaction

_RULES = "ingest.identity_rules"
_FOUND_LINKS = "ingest.found_links"
_CREATE = f"""
    create schema if not exists ingest;
    create table if not exists {_RULES} (
        rule integer, action varchar, source_key varchar, other_source_key varchar,
        identifier_kind varchar, value varchar
    );
    create table if not exists {_FOUND_LINKS} (
        source_key varchar, other_source_key varchar, match_probability double,
        agreed_fields varchar, found_on date
    )
"""


def remember_rules(connection: duckdb.DuckDBPyConnection, file: Path) -> str:
    """Makes the table hold what the rules in force say, no more and no less.

    Args:
        connection: The warehouse.
        file: The user's rules.

    Returns:
        A hash over them; empty where there are none.

    Raises:
        PortraitError: The file is no file of rules; the table is as it was.
    """
    rules = [rule for rule in read_rules(file) if rule.counts]
    rows = [(rule.number, rule.action, *said) for rule in rules for said in rule.statements]
    _remember(connection, _RULES, rows)
    return rules_digest(connection)


def remember_found_links(connection: duckdb.DuckDBPyConnection, file: Path) -> str:
    """Makes the table hold the links that were found, no more and no less.

    Args:
        connection: The warehouse.
        file: The user's found_links.jsonl.

    Returns:
        A hash over them; empty where there are none.

    Raises:
        PortraitError: The file is none of found links; the table is as it was.
    """
    rows = [
        (*link.keys, link.match_probability, ", ".join(link.agreed_fields), link.found_on)
        for link in read_found_links(file)
    ]
    _remember(connection, _FOUND_LINKS, rows)
    return found_links_digest(connection)


def rules_digest(connection: duckdb.DuckDBPyConnection) -> str:
    """A hash over the rules that the warehouse holds; empty where there are none."""
    return _digest(connection, _RULES)


def found_links_digest(connection: duckdb.DuckDBPyConnection) -> str:
    """A hash over the found links that the warehouse holds; empty where there are none."""
    return _digest(connection, _FOUND_LINKS)


def _remember(
    connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple[object, ...]]
) -> None:
    connection.execute(_CREATE)
    with transaction(connection):
        connection.execute(f"delete from {table}")
        if rows:
            # A list a column: a statement a row takes a minute where a hundred thousand were found.
            columns = ", ".join("unnest(?)" for _ in rows[0])
            connection.execute(
                f"insert into {table} select {columns}",
                [list(column) for column in zip(*rows, strict=True)],
            )


def _digest(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    try:
        ((digest,),) = connection.execute(f"""
            select coalesce(md5(string_agg(statement, chr(10) order by statement)), '')
            from (select cast(json_array(*columns(*)) as varchar) as statement from {table})
        """).fetchall()
    except duckdb.CatalogException:
        return ""
    return str(digest)
