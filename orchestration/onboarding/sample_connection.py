"""A sample of a database or API: a few batches pulled into a landing file that is thrown away."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from orchestration.connections.declared import Connection
from orchestration.connections.landing_file import Landing, columns_of, select_rows
from orchestration.connections.pull import primary_keys, pull
from orchestration.connections.secrets import Secrets
from orchestration.errors import PortraitError
from orchestration.onboarding.sample import (
    ORIGIN_OF_SAMPLE,
    SCHEMA,
    Sample,
    SampledTable,
    sampled_columns,
)
from orchestration.quoting import identifier, quoted
from orchestration.warehouse.manifest import ORIGIN_COLUMNS

# Of an API that many pages, of a database's table that many times 50,000 rows.
_BATCHES = 2


@contextmanager
def sample_connection(name: str, connection: Connection) -> Iterator[Sample]:
    """Samples every declared table.

    Args:
        name: The source's name.
        connection: Its declaration.

    Raises:
        PortraitError: The source cannot be read, or has no row.
    """
    with tempfile.TemporaryDirectory(prefix="portrait-sample-") as folder:
        landing = Landing(Path(folder))
        pull(name, connection, {}, landing, Secrets(name), batches=_BATCHES)
        with landing.open() as file:
            columns = columns_of(file)
        if not columns:
            raise PortraitError(f"{name} has no rows.", "Check the tables in sources.yml.")
        keys = primary_keys(connection)
        with duckdb.connect() as sampled:
            sampled.execute(f"set TimeZone = 'UTC'; create schema {SCHEMA}")
            sampled.execute(f"attach {quoted(landing.data)} as landing_file (read_only)")
            tables = []
            for table in columns:
                query = select_rows("landing_file", table, columns, keys)
                left_out = ", ".join(ORIGIN_COLUMNS)
                origin = ", ".join(
                    f"{name} as {identifier(kept)}" for name, kept in ORIGIN_OF_SAMPLE.items()
                )
                sampled.execute(
                    f"create table {SCHEMA}.{identifier(table)} as "
                    f"select * exclude ({left_out}), {origin} from ({query})"
                )
                found = tuple(sampled_columns(sampled, table))
                tables.append(SampledTable(table, found, meta={}, origin=table))
            yield Sample(sampled, tuple(tables), meta={})
