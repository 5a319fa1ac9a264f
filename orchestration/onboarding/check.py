"""`portrait source check`: one source run from its files to validation, apart from the warehouse.

The dbt project's own SQL runs in a scratch database, so what is told here is what a run would do.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from orchestration.connections.sources import choose
from orchestration.entering import entered
from orchestration.errors import PortraitError
from orchestration.landing.collect import land_origin
from orchestration.landing.unread import unread_files
from orchestration.onboarding.same_columns import same_columns
from orchestration.onboarding.vocabulary import Contract, entity_words, read_contract
from orchestration.project import Project
from orchestration.quoting import quoted
from orchestration.warehouse.declared_project import DeclaredProject
from orchestration.warehouse.held_questions import STATUS_COLUMN, held_questions
from orchestration.warehouse.manifest import SourceSystem, source_systems
from orchestration.warehouse.opening import scalar
from orchestration.warehouse.plain_project import DATABASE, PlainProject
from orchestration.warehouse.questions import Question
from orchestration.warehouse.rendered_sql import render_models

_EXAMPLES = 3
_VERDICTS = ("int_quarantine", "int_data_quality", "reason_codes")


@dataclass(frozen=True)
class Example:
    """A refused row: where it stands, its key, and what could not be read of it."""

    file: str
    row: int
    key: str
    unparsed: str | None


@dataclass(frozen=True)
class Refusal:
    """Rows of an entity that were refused for one reason."""

    reason: str
    count: int
    meaning: str
    advice: str
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class EntityCheck:
    """What became of an entity.

    Attributes:
        entity: The input entity.
        rows: Rows that the staging model gives.
        accepted: Rows that validation accepts.
        mapped: Contract columns that hold values, with the share of rows that have one.
        empty: Contract columns that the model brings, without any value.
        missing: Contract columns that the model does not bring.
        refusals: Why rows were refused, the commonest first.
    """

    entity: str
    rows: int
    accepted: int
    mapped: dict[str, float]
    empty: tuple[str, ...]
    missing: tuple[str, ...]
    refusals: tuple[Refusal, ...]

    @property
    def lacking(self) -> list[str]:
        """Required columns that hold nothing."""
        return [c for c in entity_words()[self.entity].required if c not in self.mapped]


@dataclass(frozen=True)
class SourceCheck:
    """What became of a source.

    Attributes:
        name: The source system.
        raw_rows: Rows of each raw table.
        entities: The entities that it has.
        orders: Orders that were accepted with at least one accepted line.
        broken: Where the models do not meet the contract.
        questions: What the data could not decide when the source was added, and still holds rows
            back; and each status that nobody knows, whenever it came.
        unread: Files that no table reads.
        restated: Orders that several exports have, of which the newest counts.
    """

    name: str
    raw_rows: dict[str, int]
    entities: tuple[EntityCheck, ...]
    orders: int
    broken: tuple[str, ...] = field(default=())
    questions: tuple[Question, ...] = ()
    unread: tuple[str, ...] = ()
    restated: int = 0

    @property
    def makes_portraits(self) -> bool:
        """Whether a run would make portraits of this source alone."""
        return self.orders > 0 and not self.broken


def check_source(project: Project, name: str, path: Path | None = None) -> SourceCheck:
    """Lands a source in a scratch database and runs its SQL up to validation.

    Args:
        project: The entered project; neither its warehouse nor its state is touched.
        name: The source system.
        path: Folder or file; None: where `sources.yml` says that it is.

    Raises:
        PortraitError: The source is not declared, its files do not fit, or its SQL does not run.
    """
    with _scratch(project) as scratch:
        declared = DeclaredProject(project.dbt_project)
        systems = source_systems(declared.manifest)
        if name not in systems:
            raise PortraitError(
                f"There is no source {name}.",
                f"Draft it: portrait source add {name} --files PATH. "
                f"There are: {', '.join(systems)}.",
            )
        origin = path or choose(project, systems, [name])[name]
        system = systems[name]
        if origin is None and system.package is None and not system.is_simulated:
            raise PortraitError(
                f"Nobody said where the data of {name} is.",
                f"Say it: portrait source check {name} --files PATH",
            )
        plain = render_models(declared, _needed(declared), [name])
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute(f"attach {quoted(scratch.home / 'scratch.duckdb')} as {DATABASE}")
            plain.create(connection)
            landed = land_origin(scratch, connection, system, origin, same_columns=same_columns)
            _build(connection, plain)
            raw_rows = {table.table.name: table.row_count for table in landed}
            contract = read_contract(scratch.dbt_project)
            verdict = _verdict(connection, system, contract, raw_rows)
            return replace(verdict, unread=unread_files(system, origin))


@contextmanager
def _scratch(project: Project) -> Iterator[Project]:
    """The same checkout with a state folder that is gone afterwards."""
    with (
        tempfile.TemporaryDirectory(prefix="portrait-check-") as home,
        entered(Project(project.root, Path(home), cache=project.cache)) as scratch,
    ):
        yield scratch


def _build(connection: duckdb.DuckDBPyConnection, plain: PlainProject) -> None:
    """Runs staging, inputs and validation, which is all that a verdict needs."""
    for statement in plain.built:
        try:
            connection.execute(statement.sql)
        except duckdb.Error as error:
            raise PortraitError(
                f"The model {statement.relation} does not run: "
                f"{' '.join(str(error).split())[:400]}",
                "Correct the staging model that it names or reads.",
            ) from error


def _needed(declared: DeclaredProject) -> list[str]:
    """The models and seeds that a verdict reads."""
    validated = [name for name in declared.models if name.endswith("_validated")]
    return [*validated, *_VERDICTS]


def _verdict(
    connection: duckdb.DuckDBPyConnection,
    system: SourceSystem,
    contract: Contract,
    raw_rows: dict[str, int],
) -> SourceCheck:
    models = connection.execute(
        "select table_name from information_schema.tables where table_schema = 'staging' "
        "and starts_with(table_name, ?)",
        [f"stg_{system.name}__"],
    ).fetchall()
    there = {model.removeprefix(f"stg_{system.name}__") for (model,) in models}
    switched_on = [entity for entity in entity_words() if entity in there]
    orders = scalar(
        connection,
        "select count(distinct source_order_id) from intermediate.int_orders_validated "
        "semi join (select source_order_id from intermediate.int_order_lines_validated "
        "where reason_code is null) using (source_order_id) "
        "where reason_code is null and status is distinct from 'cancelled'",
    )
    entities = tuple(_check_entity(connection, system.name, contract, e) for e in switched_on)
    return SourceCheck(
        system.name,
        raw_rows,
        entities,
        orders,
        tuple(_broken(connection, contract)),
        held_questions(connection, system),
        restated=scalar(
            connection,
            "select count(*) from (select source_order_id from inputs.input_orders "
            "group by source_order_id having count(distinct origin_file) > 1)",
        ),
    )


def _check_entity(
    connection: duckdb.DuckDBPyConnection, source: str, contract: Contract, entity: str
) -> EntityCheck:
    model = f"staging.stg_{source}__{entity}"
    found = [row[0] for row in connection.execute(f"describe {model}").fetchall()]
    columns = [column for column in contract.guessable(entity) if column in found]
    counts = ", ".join(f'count("{column}")' for column in columns)
    ((rows, *filled),) = connection.execute(f"select count(*), {counts} from {model}").fetchall()
    mapped = {column: count / rows for column, count in zip(columns, filled, strict=True) if count}
    accepted = scalar(
        connection,
        f"select count(*) from intermediate.int_{entity}_validated "
        "where reason_code is null and source_system = ?",
        source,
    )
    return EntityCheck(
        entity=entity,
        rows=rows,
        accepted=accepted,
        mapped=mapped,
        empty=tuple(column for column in columns if column not in mapped),
        missing=tuple(c for c in contract.guessable(entity) if c not in found),
        refusals=tuple(_refusals(connection, source, entity)),
    )


def _refusals(connection: duckdb.DuckDBPyConnection, source: str, entity: str) -> Iterator[Refusal]:
    reasons = connection.execute(
        """
        select reason_code, count(*) as row_count, any_value(description), any_value(advice)
        from intermediate.int_quarantine
        left join seeds.reason_codes using (reason_code)
        where int_quarantine.source_system = ? and int_quarantine.entity = ?
        group by reason_code order by row_count desc, reason_code
        """,
        [source, entity],
    ).fetchall()
    for reason, count, meaning, advice in reasons:
        examples = connection.execute(
            f"""
            select origin_file, origin_row, row_key, case
                when reason_code = 'unknown_status'
                    then {STATUS_COLUMN} || '=' || (row_values ->> ({STATUS_COLUMN}))
                else row_values ->> 'unparsed_values'
            end
            from intermediate.int_quarantine
            where source_system = ? and entity = ? and reason_code = ?
            order by origin_file, origin_row limit {_EXAMPLES}
            """,
            [source, entity, reason],
        ).fetchall()
        told = tuple(Example(*example) for example in examples)
        yield Refusal(reason, count, meaning or "", advice or "", told)


def _broken(connection: duckdb.DuckDBPyConnection, contract: Contract) -> Iterator[str]:
    """Columns of the inputs that the contract does not know, or has in another type."""
    for entity, columns in contract.entities.items():
        typed = ", ".join(f'cast(null as {data_type}) as "{c}"' for c, data_type in columns.items())
        wanted = {r[0]: r[1] for r in connection.execute(f"describe select {typed}").fetchall()}
        found = connection.execute(f"describe inputs.input_{entity}").fetchall()
        for name, data_type, *_ in found:
            if name not in wanted:
                yield f"{entity}: the contract has no column {name}"
            elif data_type != wanted[name]:
                yield f"{entity}: {name} is {data_type.lower()}, the contract has {columns[name]}"
