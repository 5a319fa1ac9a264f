"""Links records of persons to each other: pairs that may be, weights, clusters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from ml.record_linkage import (
    Labels,
    MatchModel,
    fit_match_model,
    link_components,
    part_components,
)
from orchestration import progress
from orchestration.identity.linkage.candidates import find_candidates
from orchestration.identity.linkage.comparisons import compare, exchangeable
from orchestration.identity.linkage.records import Field, prepare
from orchestration.warehouse.opening import scalar

# Pairs of any two records, for what is equal by chance. The same in each run.
_STRANGERS, _SEED = 300_000, 0
_NONE = np.zeros(0)

Compared = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Linked:
    """Records linked to persons.

    Attributes:
        labels: Whose each record is, in the order of their numbers.
        pairs: Pairs of records that were compared and are one person's, by column: `first` and
            `other`, `score`, the logarithm of the odds that they are, and the level of each field.
            None twice.
    """

    labels: Labels
    pairs: Compared


def link_records(
    connection: duckdb.DuckDBPyConnection, fields: Sequence[Field], only: str = ""
) -> Linked:
    """Which records are one person's.

    Args:
        connection: With the table `records`; more are made beside it.
        fields: Its fields.
        only: A condition on `first` and `other` without which two are not compared. Among whom it
            leaves few are one person's, so nothing is learnt from them but how many.
    """
    progress.started("finding pairs that may be one person")
    prepare(connection, fields)
    count = scalar(connection, "select count(*) from prepared")
    find_candidates(connection, fields, only)
    exchanged = exchangeable(connection, fields)
    progress.started("comparing pairs")
    compared = compare(connection, "candidates", fields, exchanged)
    if not len(compared["first"]):
        return Linked(
            np.arange(count), _one_persons(np.arange(count), [{**compared, "score": _NONE}])
        )
    _draw_strangers(connection, count)
    strangers = compare(connection, "strangers", fields, exchanged)
    model = fit_match_model(
        _levels(compared, fields),
        _levels(strangers, fields),
        count * (count - 1) / 2,
        learns_levels=not only,
    )
    progress.started("clustering")
    scores = _scores(model, compared, fields)
    components = link_components(count, compared["first"], compared["other"], scores)
    _pairs_within(connection, components)
    within = compare(connection, "within", fields, exchanged)
    scores_within = _scores(model, within, fields)
    labels = part_components(components, within["first"], within["other"], scores_within)
    looked_at = [{**compared, "score": scores}, {**within, "score": scores_within}]
    return Linked(labels, _one_persons(labels, looked_at))


def _one_persons(labels: Labels, looked_at: Sequence[Compared]) -> Compared:
    """Of pairs that were compared, perhaps twice, those of one person."""
    together = {
        name: np.concatenate([compared[name] for compared in looked_at]) for name in looked_at[0]
    }
    first, other = together["first"], together["other"]
    _, chosen = np.unique(first * len(labels) + other, return_index=True)
    chosen = chosen[labels[first[chosen]] == labels[other[chosen]]]
    return {name: values[chosen] for name, values in together.items()}


def _scores(model: MatchModel, compared: Compared, fields: Sequence[Field]) -> NDArray[np.float64]:
    shares = {field.column: compared[field.share] for field in fields}
    return model.scores(_levels(compared, fields), shares)


def _levels(compared: Compared, fields: Sequence[Field]) -> dict[str, NDArray[np.int64]]:
    return {field.column: compared[field.column] for field in fields}


def _draw_strangers(connection: duckdb.DuckDBPyConnection, count: int) -> None:
    """Makes the table `strangers`: pairs of any two records."""
    drawn = np.random.default_rng(_SEED).integers(0, count, (2, _STRANGERS))
    first, other = drawn[:, drawn[0] != drawn[1]]
    make_table(connection, "strangers", first=first, other=other)


def _pairs_within(connection: duckdb.DuckDBPyConnection, components: Labels) -> None:
    """Makes the table `within`: all pairs of the records of a component of three and more."""
    sizes = np.bincount(components)[components]
    records = np.flatnonzero(sizes > 2)
    make_table(connection, "members", record=records, component=components[records])
    connection.execute("""
        create table within as
        select firsts.record as first, others.record as other
        from members as firsts
        join members as others
            on firsts.component = others.component and firsts.record < others.record
    """).fetchall()


def make_table(connection: duckdb.DuckDBPyConnection, name: str, **columns: NDArray[Any]) -> None:
    """Makes a table of arrays, one a column."""
    import pandas as pd

    connection.register("made", pd.DataFrame(columns))
    connection.execute(f"create table {name} as select * from made").fetchall()
    connection.unregister("made")
