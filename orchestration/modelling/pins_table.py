"""Pinned versions in the warehouse, as the user has chosen them, for the predictions to read."""

from pathlib import Path
from typing import NamedTuple

import duckdb

from orchestration.modelling.pins import read_model, read_pins
from orchestration.warehouse.opening import columns_of, transaction

_TABLE = "ingest.pinned_models"


class Pinned(NamedTuple):
    """A version that is to be gone by, and the bytes of its artifact, whose hash is the chosen."""

    model_version: str
    content: bytes


def remember_pins(connection: duckdb.DuckDBPyConnection, file: Path) -> str:
    """Makes the table hold the chosen versions with their models, no more and no less.

    Args:
        connection: The warehouse.
        file: The user's pinned_models.yml.

    Returns:
        A hash over them; empty where there are none.

    Raises:
        PortraitError: The file is none of choices, or a model is not the one that was chosen; the
            table is as it was.
    """
    rows = [
        (pin.shop, pin.prediction, pin.model_version, pin.sha256, read_model(file, pin))
        for pin in read_pins(file)
    ]
    connection.execute(f"""
        create schema if not exists ingest;
        create table if not exists {_TABLE} (
            shop varchar, prediction varchar, model_version varchar, sha256 varchar, content blob
        )
    """)
    with transaction(connection):
        connection.execute(f"delete from {_TABLE}")
        for row in rows:
            connection.execute(f"insert into {_TABLE} values (?, ?, ?, ?, ?)", row)
    return pins_digest(connection)


def pins_digest(connection: duckdb.DuckDBPyConnection) -> str:
    """A hash over the chosen versions that the warehouse holds; empty where there are none."""
    if not columns_of(connection, _TABLE):
        return ""
    ((digest,),) = connection.execute(f"""
        select coalesce(md5(string_agg(
            cast(json_array(shop, prediction, model_version, sha256) as varchar), chr(10)
            order by shop, prediction
        )), '')
        from {_TABLE}
    """).fetchall()
    return str(digest)


def pinned(connection: duckdb.DuckDBPyConnection, shop: str, prediction: str) -> Pinned | None:
    """The version that is chosen of a prediction of a shop; None where none is."""
    if not columns_of(connection, _TABLE):
        return None
    row = connection.execute(
        f"select model_version, content from {_TABLE} where shop = ? and prediction = ?",
        [shop, prediction],
    ).fetchone()
    return Pinned(*row) if row else None
