"""Links records of persons to each other: pairs that may be, weights, clusters."""

from collections.abc import Mapping, Sequence
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

Compared = Mapping[str, NDArray[Any]]


def link_records(connection: duckdb.DuckDBPyConnection, fields: Sequence[Field]) -> Labels:
    """Which records are one person's.

    Args:
        connection: With the table `records`; more are made beside it.
        fields: Its fields.

    Returns:
        A label for each record, in the order of their numbers.
    """
    progress.started("finding pairs that may be one person")
    prepare(connection, fields)
    count = scalar(connection, "select count(*) from prepared")
    find_candidates(connection, fields)
    exchanged = exchangeable(connection, fields)
    progress.started("comparing pairs")
    compared = compare(connection, "candidates", fields, exchanged)
    if not len(compared["first"]):
        return np.arange(count)
    _draw_strangers(connection, count)
    strangers = compare(connection, "strangers", fields, exchanged)
    model = fit_match_model(
        _levels(compared, fields), _levels(strangers, fields), count * (count - 1) / 2
    )
    progress.started("clustering")
    scores = _scores(model, compared, fields)
    components = link_components(count, compared["first"], compared["other"], scores)
    _pairs_within(connection, components)
    within = compare(connection, "within", fields, exchanged)
    return part_components(
        components, within["first"], within["other"], _scores(model, within, fields)
    )


def _scores(model: MatchModel, compared: Compared, fields: Sequence[Field]) -> NDArray[np.float64]:
    shares = {field.column: compared[field.share] for field in fields}
    return model.scores(_levels(compared, fields), shares)


def _levels(compared: Compared, fields: Sequence[Field]) -> dict[str, NDArray[np.int64]]:
    return {field.column: compared[field.column] for field in fields}


def _draw_strangers(connection: duckdb.DuckDBPyConnection, count: int) -> None:
    """Makes the table `strangers`: pairs of any two records."""
    drawn = np.random.default_rng(_SEED).integers(0, count, (2, _STRANGERS))
    first, other = drawn[:, drawn[0] != drawn[1]]
    _make_table(connection, "strangers", first=first, other=other)


def _pairs_within(connection: duckdb.DuckDBPyConnection, components: Labels) -> None:
    """Makes the table `within`: all pairs of the records of a component of three and more."""
    sizes = np.bincount(components)[components]
    records = np.flatnonzero(sizes > 2)
    _make_table(connection, "members", record=records, component=components[records])
    connection.execute("""
        create table within as
        select firsts.record as first, others.record as other
        from members as firsts
        join members as others
            on firsts.component = others.component and firsts.record < others.record
    """).fetchall()


def _make_table(
    connection: duckdb.DuckDBPyConnection, name: str, **columns: NDArray[np.int64]
) -> None:
    import pandas as pd

    connection.register("made", pd.DataFrame(columns))
    connection.execute(f"create table {name} as select * from made").fetchall()
    connection.unregister("made")
