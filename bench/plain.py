"""The job without dbt and Dagster: landing, the same SQL as plain statements, the ML functions.

`python -m bench.plain PLAN OUT [--tests | --compared]` lands the files in `OUT/warehouse.duckdb`
with the project's own code, runs the statements, and writes the ml tables and a Parquet file a
mart. With `--tests` it runs the data tests too; with `--compared` it makes only the tables that
pandas_by_hand.py makes. It leaves the CPU seconds of each part in `OUT/parts.json`.

Not included of what the job does: the published database with its comments and content hashes,
checks of the snapshot, the run manifest and the record of what was done when.
"""

import argparse
import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from bench.plan import AFTER_ML, BEFORE_ML, Plan, Step, read_plan
from orchestration.connections.sources import check_choice, parse_choice
from orchestration.landing.files import HashCache, find_source_files
from orchestration.landing.land import land
from orchestration.quoting import quoted
from orchestration.warehouse.manifest import ml_tables, source_systems
from orchestration.warehouse.opening import open_warehouse
from orchestration.warehouse.published_marts import published_marts


class Parts:
    """CPU seconds of this process by part of the work; threads are counted too."""

    def __init__(self) -> None:
        """Starts empty."""
        self.seconds: dict[str, float] = {}

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Adds what the code inside takes."""
        start = time.process_time()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.process_time() - start


def run(plan: Plan, out: Path, *, with_tests: bool, only_compared: bool) -> dict[str, float]:
    """Does the work and says how many CPU seconds each part took.

    Args:
        plan: What to run.
        out: Folder for the warehouse and the Parquet files.
        with_tests: Run the data tests at the end.
        only_compared: Make only the tables that are made by hand too; no ML, no marts.
    """
    parts = Parts()
    with open_warehouse(out / "warehouse.duckdb") as warehouse:
        with parts.part("landing"):
            _create_schemas(warehouse, [*plan.declared, *plan.built])
            _execute(warehouse, plan.declared)
            _land(warehouse, plan, out)
        if only_compared:
            with parts.part("sql"):
                _execute(warehouse, (step for step in plan.built if step.is_compared))
            return parts.seconds
        with parts.part("sql"):
            _execute(warehouse, (step for step in plan.built if step.part == BEFORE_ML))
        with parts.part("ml"):
            _learn(warehouse, plan)
        with parts.part("sql"):
            _execute(warehouse, (step for step in plan.built if step.part == AFTER_ML))
        with parts.part("parquet"):
            _write_marts(warehouse, plan, out)
        if with_tests:
            with parts.part("tests"):
                _test(warehouse, plan.tests)
    return parts.seconds


def _create_schemas(warehouse: duckdb.DuckDBPyConnection, steps: Iterable[Step]) -> None:
    for schema in sorted({step.relation.split(".")[0] for step in steps}):
        warehouse.execute(f'create schema if not exists "{schema}"')


def _execute(warehouse: duckdb.DuckDBPyConnection, steps: Iterable[Step]) -> None:
    for step in steps:
        warehouse.execute(step.sql)


def _land(warehouse: duckdb.DuckDBPyConnection, plan: Plan, out: Path) -> None:
    systems = source_systems(plan.manifest)
    choice = parse_choice(plan.sources) or {
        name: None for name, system in systems.items() if system.is_default
    }
    check_choice(choice, systems)
    for name, system in systems.items():
        files = find_source_files(system, choice[name]) if name in choice else None
        land(warehouse, system, files, HashCache(out / "file_hashes.json"))


def _learn(warehouse: duckdb.DuckDBPyConnection, plan: Plan) -> None:
    from orchestration.modelling.declared_segments import declared_segments
    from orchestration.modelling.kept_models import Maker
    from orchestration.modelling.lifetime_values import make_lifetime_values
    from orchestration.modelling.predictions import make_predictions
    from orchestration.modelling.segments import make_segments
    from orchestration.modelling.targets import declared_predictions

    tables, maker = ml_tables(plan.manifest), Maker(code="")
    make_segments(warehouse, tables, maker, declared_segments(plan.manifest))
    make_lifetime_values(warehouse, tables, maker)
    make_predictions(warehouse, tables, declared_predictions(plan.manifest), maker)


def _write_marts(warehouse: duckdb.DuckDBPyConnection, plan: Plan, out: Path) -> None:
    for name, mart in published_marts(plan.manifest).items():
        file = quoted(out / f"{name}.parquet")
        warehouse.execute(f"copy (from {mart.relation} order by all) to {file} (compression zstd)")


def _test(warehouse: duckdb.DuckDBPyConnection, tests: Sequence[Step]) -> None:
    for test in tests:
        ((failures,),) = warehouse.execute(test.sql).fetchall()
        if failures:
            raise ValueError(f"The data test {test.relation} found {failures} rows.")


def main(arguments: Sequence[str] | None = None) -> Mapping[str, float]:
    """Reads the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.plain")
    parser.add_argument("plan", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--tests", action="store_true")
    parser.add_argument("--compared", action="store_true")
    options = parser.parse_args(arguments)
    plan = read_plan(options.plan)
    parts = run(plan, options.out, with_tests=options.tests, only_compared=options.compared)
    (options.out / "parts.json").write_text(json.dumps(parts))
    return parts


if __name__ == "__main__":
    main()
