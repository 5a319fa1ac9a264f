"""Drafted models as plain SQL on their sample: the project's macros, without dbt."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import yaml

from orchestration.onboarding.guessed import Guess
from orchestration.onboarding.sample import Sample
from orchestration.onboarding.staging_sql import staging_model

DBT_PROJECT = Path(__file__).resolve().parents[3] / "dbt_project"
MACROS = DBT_PROJECT / "macros"
_FILES = (
    *("unparsed_values.sql", "keys.sql", "identity/normalised_identifier.sql"),
    *(f"engine/{name}.sql" for name in ("all_but", "parse", "spelt_time", "text", "time_zone")),
)


class _Adapter:
    def __init__(self) -> None:
        self.macros: Any = None

    def dispatch(self, name: str, package: str) -> Callable[..., str]:
        return getattr(self.macros, f"default__{name}")


def _environment() -> jinja2.Environment:
    adapter = _Adapter()
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
    environment.globals["adapter"] = adapter
    environment.globals["return"] = lambda value: value
    environment.globals["source"] = lambda schema, table: f'{schema}."{table}"'
    settings = yaml.safe_load((DBT_PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    environment.globals["var"] = settings["vars"].__getitem__
    text = "\n".join((MACROS / name).read_text() for name in _FILES)
    adapter.macros = environment.from_string(text).module
    environment.globals |= {
        name: getattr(adapter.macros, name) for name in dir(adapter.macros) if name[0] != "_"
    }
    return environment


ENVIRONMENT = _environment()


def stage(sample: Sample, guess: Guess, time_zone: str = "UTC") -> dict[str, str]:
    """Creates raw views over the sample; gives each entity's staging model as SQL."""
    sample.connection.execute("create schema if not exists raw_shop")
    for table in sample.tables:
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        sample.connection.execute(f"""
            create or replace view raw_shop."{table.name}" as
            select {columns}, 'file.csv' as _origin_file, 'load' as _load_id,
                timestamp '2030-01-01' as _loaded_at,
                cast(row_number() over () as bigint) as _origin_row
            from {table.relation}
        """)
    return {
        entity: ENVIRONMENT.from_string(
            staging_model(
                found,
                dict(guess.contract.entities[entity]),
                guess.missing[entity],
                "shop",
                time_zone,
            )
        ).render()
        for entity, found in guess.entities.items()
    }


def rows(connection: duckdb.DuckDBPyConnection, model: str, columns: str) -> list[tuple[Any, ...]]:
    return connection.execute(f"select {columns} from ({model}) order by all").fetchall()


def mistyped(sample: Sample, guess: Guess, models: dict[str, str]) -> list[str]:
    """The columns of drafted models that are of another type than the contract has."""
    told = []
    for entity, model in models.items():
        contract = guess.contract.entities[entity]
        for name, data_type, *_ in sample.connection.execute(f"describe {model}").fetchall():
            if name in contract and data_type.lower() != contract[name]:
                told.append(f"{entity}.{name} is {data_type}")
    return told
