"""The rules in the warehouse: `ingest.identity_rules`, which the SQL reads."""

from pathlib import Path

import duckdb

from orchestration.identity.rules import read_rules
from orchestration.warehouse.opening import transaction

_RULES = "ingest.identity_rules"
_CREATE = f"""
    create schema if not exists ingest;
    create table if not exists {_RULES} (
        rule integer, action varchar, source_key varchar, other_source_key varchar,
        identifier_kind varchar, value varchar
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
    connection.execute(_CREATE)
    with transaction(connection):
        connection.execute(f"delete from {_RULES}")
        if rows:
            connection.executemany(f"insert into {_RULES} values (?, ?, ?, ?, ?, ?)", rows)
    return rules_digest(connection)


def rules_digest(connection: duckdb.DuckDBPyConnection) -> str:
    """A hash over what the table holds; empty where there is nothing."""
    try:
        ((digest,),) = connection.execute(f"""
            select coalesce(md5(string_agg(statement, chr(10) order by statement)), '')
            from (select cast(json_array(*columns(*)) as varchar) as statement from {_RULES})
        """).fetchall()
    except duckdb.CatalogException:
        return ""
    return str(digest)
