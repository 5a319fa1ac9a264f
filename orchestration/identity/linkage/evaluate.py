"""How well records are linked, held against the truth, beside each field alone."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

from ml.record_linkage import Labels, PairScores, pair_scores
from orchestration.identity.linkage.link import link_records
from orchestration.identity.linkage.records import Field, read_records


@dataclass(frozen=True)
class Evaluation:
    """What came out.

    Attributes:
        records: How many there are.
        persons: How many the truth says they are of.
        clusters: How many were found.
        scores: By pairs.
        seconds: What linking took, by the clock.
        compared: Names and kinds of the fields that were compared.
        fields_alone: For each given column, one that repeats others too, the scores of records
            with the same value being one person's.
    """

    records: int
    persons: int
    clusters: int
    scores: PairScores
    seconds: float
    compared: dict[str, str]
    fields_alone: dict[str, PairScores]


def evaluate_linkage(
    files: Sequence[Path],
    truth: str,
    truth_pattern: str | None = None,
    left_out: Sequence[str] = (),
) -> Evaluation:
    """Links records without looking at the truth, and then holds it against them.

    Args:
        files: CSV or Parquet with a record a row.
        truth: The column with the person.
        truth_pattern: The part of it that is the person: its first group.
        left_out: Columns that say nothing of a person.

    Raises:
        PortraitError: The files are not such, or a column is not there.
    """
    with duckdb.connect() as connection:
        began = time.monotonic()
        fields, repeated = read_records(connection, files, truth, truth_pattern, left_out)
        found = link_records(connection, fields).labels
        seconds = time.monotonic() - began
        persons = _numbered(connection, "truth")
        given = [*(field for field in fields if field.kind != "words"), *repeated]
        alone = {field.name: _alone(connection, field, persons) for field in given}
    return Evaluation(
        len(found),
        len(np.unique(persons)),
        len(np.unique(found)),
        pair_scores(found, persons),
        seconds,
        {field.name: field.kind for field in fields},
        alone,
    )


def _alone(connection: duckdb.DuckDBPyConnection, field: Field, persons: Labels) -> PairScores:
    """Records with the same value as one person; one without a value is alone."""
    unknown = f"coalesce({field.column}, 'no value ' || record)"
    return pair_scores(_numbered(connection, unknown), persons)


def _numbered(connection: duckdb.DuckDBPyConnection, expression: str) -> Labels:
    """A number for each value, in the order of the records."""
    rows = connection.execute(f"""
        select dense_rank() over (order by value) as number
        from (select record, {expression} as value from records) order by record
    """).fetchnumpy()
    return np.asarray(rows["number"], dtype=np.int64)
