"""Looking for secrets in everything that a state folder holds, and in the process list."""

import base64
import json
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import duckdb
from dlt.common.utils import compressed_b64decode

SQLITE = b"SQLite format 3\0"
DLT_PACKED = ("_dlt_pipeline_state", "state")


def leaks(folder: Path, secrets: Iterable[str]) -> list[tuple[str, str]]:
    """Files in which one of the secrets stands, with the secret; databases are unpacked."""
    wanted = {secret: set(spellings(secret)) for secret in secrets}
    return [
        (file.relative_to(folder).as_posix(), secret)
        for file in sorted(folder.rglob("*"))
        if file.is_file() and not file.is_symlink()
        for content in [b"\n".join(contents(file))]
        for secret, spelled in wanted.items()
        if any(one in content for one in spelled)
    ]


def command_lines() -> set[str]:
    """The command lines of all processes of this machine."""
    found = set()
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.add(process.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue  # It has ended.
    return found


def spellings(secret: str) -> Iterator[bytes]:
    for written in (secret, quote(secret), quote(secret, safe=""), quote_plus(secret)):
        yield written.encode()
    yield json.dumps(secret)[1:-1].encode()
    for user in (b"", b"a", b"ab"):  # Somewhere within what is encoded, at any of three places.
        whole = base64.b64encode(user + secret.encode())
        yield whole[-(-len(user) * 8 // 6) : -4]


def contents(file: Path) -> Iterator[bytes]:
    raw = file.read_bytes()
    yield raw
    if raw.startswith(SQLITE):
        connection = sqlite3.connect(file)
        yield "\n".join(connection.iterdump()).encode()
        connection.close()
    elif file.suffix == ".duckdb":
        with duckdb.connect(str(file), read_only=True) as database:
            for schema, table in database.execute(
                "select schema_name, table_name from duckdb_tables()"
            ).fetchall():
                rows = database.execute(f'select * from "{schema}"."{table}"').fetchall()
                yield repr(rows).encode()
                if table == DLT_PACKED[0]:
                    column = f'select {DLT_PACKED[1]} from "{schema}"."{table}"'
                    for (state,) in database.execute(column).fetchall():
                        yield compressed_b64decode(state)
    elif file.suffix == ".parquet":
        with duckdb.connect() as database:
            yield repr(database.execute("from read_parquet(?)", [str(file)]).fetchall()).encode()
