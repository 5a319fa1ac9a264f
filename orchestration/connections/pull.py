"""Pulling a database or API into its landing file, `landing/pulled/<source>/data.duckdb`.

dlt extracts, flattens nested records, and loads. The landing file is dlt's own: a load that dies
half-way touches neither the warehouse nor, at the next try, what was loaded before, because dlt's
cursors are kept in the file together with the rows they belong to.
"""

import shutil
from collections.abc import Collection, Iterator, Mapping
from functools import partial

import dlt
from dlt.common.schema.exceptions import DataValidationError
from dlt.common.schema.typing import TSchemaContractDict
from sqlalchemy.exc import SQLAlchemyError

from orchestration.connections import apis, databases
from orchestration.connections.declared import Connection, RestApi, SqlDatabase
from orchestration.connections.landing_file import DATASET, Landing, columns_of
from orchestration.connections.secrets import Secrets
from orchestration.errors import PortraitError

_KEEP_TYPES: TSchemaContractDict = {"tables": "evolve", "columns": "evolve", "data_type": "freeze"}
_LONGEST_MESSAGE = 400

# Raw table → columns that must come; as declared in the dbt project, without system columns.
Expected = Mapping[str, Collection[str]]


def pull(
    name: str,
    connection: Connection,
    expected: Expected,
    landing: Landing,
    secrets: Secrets,
    batches: int | None = None,
) -> dict[str, int]:
    """Brings the landing file up to date.

    Args:
        name: The source's name.
        connection: Its declaration.
        expected: Columns that must be there.
        landing: Where to.
        secrets: Fills placeholders of the declaration.
        batches: Pages of an API, or blocks of rows of a database, to stop after; None: everything.

    Returns:
        How many rows came, by table; nested lists are tables of their own.

    Raises:
        PortraitError: The source cannot be reached, or has lost or retyped a column. The landing
            file has what it had before.
    """
    landing.folder.mkdir(parents=True, exist_ok=True)
    # Without a working folder dlt takes its cursors from the landing file, where they agree with
    # the rows; what a killed pull left behind is thrown away.
    shutil.rmtree(landing.work, ignore_errors=True)
    _configure_dlt()
    try:
        with secrets.kept(partial(_user_error, name, secrets)):
            if isinstance(connection, SqlDatabase):
                return _pull_database(name, connection, expected, landing, secrets, batches)
            return _pull_api(name, connection, expected, landing, secrets, batches)
    finally:
        shutil.rmtree(landing.work, ignore_errors=True)


def primary_keys(connection: Connection) -> Mapping[str, tuple[str, ...]]:
    """The key columns of each table that has a key, as they are landed."""
    if isinstance(connection, SqlDatabase):
        return databases.primary_keys(connection)
    return apis.primary_keys(connection)


def _pull_database(
    name: str,
    database: SqlDatabase,
    expected: Expected,
    landing: Landing,
    secrets: Secrets,
    batches: int | None,
) -> dict[str, int]:
    with databases.open_database(name, database.url, secrets) as engine:
        there = databases.table_columns(name, database, engine)
        for table, columns in there.items():
            _check_columns(name, table, expected.get(table, ()), columns)
        pipeline = _pipeline(name, landing)
        resources = [one.add_limit(batches) for one in databases.resources(database, engine)]
        with secrets.kept(partial(_user_error, name, secrets)):
            pipeline.run(resources, schema_contract=_KEEP_TYPES)
    return _row_counts(pipeline)


def _pull_api(
    name: str,
    api: RestApi,
    expected: Expected,
    landing: Landing,
    secrets: Secrets,
    batches: int | None,
) -> dict[str, int]:
    seen = apis.SeenFields()
    pipeline = _pipeline(name, landing)
    pipeline.sync_destination()
    with apis.open_source(name, api, secrets) as source:
        for resource in source.resources.values():
            seen.watch(resource.add_limit(batches))
        pipeline.extract(source, schema_contract=_KEEP_TYPES)
    for table, count in seen.records.items():
        if count:
            always = _always_filled(landing, table, expected.get(table, ()))
            wanted = {column: column.split("__")[0] for column in always}
            columns = seen.columns(table)
            there = [column for column, top in wanted.items() if top in columns]
            _check_columns(name, table, wanted, there)
    pipeline.normalize()
    pipeline.load(raise_on_failed_jobs=True)
    return _row_counts(pipeline)


def _pipeline(name: str, landing: Landing) -> dlt.Pipeline:
    return dlt.pipeline(
        pipeline_name=name,
        pipelines_dir=str(landing.work),
        destination=dlt.destinations.duckdb(str(landing.data)),
        dataset_name=DATASET,
    )


def _row_counts(pipeline: dlt.Pipeline) -> dict[str, int]:
    trace = pipeline.last_trace
    counts = trace.last_normalize_info.row_counts if trace and trace.last_normalize_info else {}
    return {table: count for table, count in counts.items() if not table.startswith("_dlt")}


def _check_columns(
    name: str, table: str, expected: Collection[str], there: Collection[str]
) -> None:
    missing = [column for column in expected if column not in there]
    if missing:
        raise PortraitError(
            f"{name}: the table {table} no longer has {', '.join(missing)}.",
            "If that is meant, take the column out of the source's _sources.yml and of its "
            "staging models.",
        )


def _always_filled(landing: Landing, table: str, columns: Collection[str]) -> list[str]:
    """The columns that no record was without so far; records may leave out what is empty."""
    if not landing.data.exists():
        return list(columns)
    with landing.open() as connection:
        known = columns_of(connection).get(table)
        if known is None:
            return list(columns)
        counted = [column for column in columns if column in known]
        counts = ", ".join(f'count(*) = count("{column}")' for column in counted)
        row = connection.execute(f'select {counts or "true"} from "{DATASET}"."{table}"').fetchone()
    return [column for column, is_filled in zip(counted, row or (), strict=False) if is_filled]


def _user_error(name: str, secrets: Secrets, error: Exception) -> PortraitError:
    """Says in one sentence what dlt raises."""
    causes = list(_causes(error))
    for cause in causes:
        response = getattr(cause, "response", None)
        if response is not None:
            response.close()  # The exception would keep its connection open.
        if isinstance(cause, DataValidationError):
            return _retyped(name, secrets, cause)
    last = next((one for one in causes if isinstance(one, SQLAlchemyError)), causes[-1])
    message = str(getattr(last, "orig", None) or last)
    message = " ".join(secrets.strike_out(message).split())[:_LONGEST_MESSAGE]
    return PortraitError(
        f"{name} cannot be read: {message}",
        "The rows of earlier loads are kept. Run again when the source answers.",
    )


def _retyped(name: str, secrets: Secrets, violation: DataValidationError) -> PortraitError:
    """Tells of a value that does not fit; dlt offers it under the column's name with a suffix."""
    item, column = violation.data_item, str(violation.column_name)
    value = item.get(column) if isinstance(item, dict) else None
    text = secrets.strike_out(str(value))[:80]  # A cut secret would not be known as one.
    shown = "" if value is None else f", with a value such as {text!r}"
    return PortraitError(
        f"{name}: the column {column.split('__v_')[0]} of {violation.table_name} has changed its "
        f"type{shown}.",
        "Have it changed back, or delete the source's folder under PORTRAIT_HOME/landing/pulled "
        "to take everything anew in the new type.",
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in seen:
        yield cause
        seen.append(cause)
        cause = cause.__cause__ or getattr(cause, "exception", None)


def _configure_dlt() -> None:
    """Keeps dlt's log and telemetry out: what matters comes back as numbers and errors."""
    # Arrow batches get no load id otherwise.
    dlt.config["normalize.parquet_normalizer.add_dlt_load_id"] = True
    dlt.config["runtime.dlthub_telemetry"] = False
    dlt.config["runtime.log_level"] = "ERROR"
