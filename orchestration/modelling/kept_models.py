"""Fitted models, kept in the warehouse from run to run.

A model is a function of the rows that it is fitted to and of the code. While neither differs, the
one that is kept is what fitting again would give, so it is not fitted again. What they are fitted
to are firsts of months: unless the past is corrected, that is once a month.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from types import UnionType
from typing import Any, NamedTuple, Self

import duckdb

from orchestration import progress
from orchestration.code_digest import package_versions
from orchestration.warehouse.opening import columns_of, transaction

_TABLE = "increments.fitted_models"
_COLUMNS = {"shop": "varchar", "model_name": "varchar", "made_from": "varchar", "content": "blob"}


@dataclass(frozen=True)
class Maker:
    """What decides, beside rows, what a model is.

    Attributes:
        code: Differs whenever code or packages do.
        is_forced: Whether everything is made anew.
        code_hash: Of the code alone.
    """

    code: str
    is_forced: bool = False
    code_hash: str = ""

    @classmethod
    def of_code(cls, code_hash: str, *, is_forced: bool) -> Self:
        """Of this code with the installed packages."""
        code = f"{code_hash} {sorted(package_versions().items())}"
        return cls(code, is_forced, code_hash)


class Kept(NamedTuple):
    """A model, and whether it was fitted just now."""

    model: Any
    is_new: bool


def fitted(
    warehouse: duckdb.DuckDBPyConnection,
    shop: str,
    name: str,
    made_from: str,
    fit: Callable[[], object],
    kind: type | UnionType,
    *,
    is_forced: bool,
) -> Kept:
    """The model that is kept, if it was fitted to the same; else it is fitted and kept.

    One that is damaged is fitted again, with a warning.

    Args:
        warehouse: A connection that writes.
        shop: The shop whose model it is.
        name: Name of the model; one of each name is kept of each shop.
        made_from: Differs whenever rows or code differ.
        fit: Fits it.
        kind: What it is an instance of.
        is_forced: Whether it is fitted in any case.
    """
    from ml.kept import to_bytes

    _create(warehouse)
    held = warehouse.execute(
        f"select content from {_TABLE} where shop = ? and model_name = ? and made_from = ?",
        [shop, name, made_from],
    ).fetchone()
    if held and not is_forced:
        try:
            return Kept(_read(held[0], kind), is_new=False)
        except Exception as error:  # Damaged bytes can do anything, and fitting puts it right.
            progress.warning(
                f"The kept model {name} of {shop} cannot be read "
                f"({type(error).__name__}: {error}); it is fitted again."
            )
    model = fit()
    with transaction(warehouse):
        warehouse.execute(f"delete from {_TABLE} where shop = ? and model_name = ?", [shop, name])
        warehouse.execute(
            f"insert into {_TABLE} values (?, ?, ?, ?)", [shop, name, made_from, to_bytes(model)]
        )
    return Kept(model, is_new=True)


def made_from(warehouse: duckdb.DuckDBPyConnection, shop: str) -> dict[str, str]:
    """What the kept models of a shop were made from, by name."""
    _create(warehouse)
    rows = warehouse.execute(
        f"select model_name, made_from from {_TABLE} where shop = ?", [shop]
    ).fetchall()
    return dict(rows)


def forget(warehouse: duckdb.DuckDBPyConnection, shop: str, names: Collection[str]) -> None:
    """Removes models of a shop by name."""
    warehouse.execute(
        f"delete from {_TABLE} where shop = ? and list_contains(?, model_name)",
        [shop, sorted(names)],
    )


def keep_only(
    warehouse: duckdb.DuckDBPyConnection,
    shops: Collection[str],
    names: Collection[str],
    beginning: str,
) -> None:
    """Removes models that the code no longer has, and those of shops that are gone.

    Args:
        warehouse: A connection that writes.
        shops: The shops that there are.
        names: Names of models that stay.
        beginning: Models whose names begin so stay too.
    """
    _create(warehouse)
    warehouse.execute(
        f"delete from {_TABLE} where not list_contains($shops, shop)"
        " or not (list_contains($names, model_name) or starts_with(model_name, $beginning))",
        {"shops": sorted(shops), "names": sorted(names), "beginning": beginning},
    )


def load_format() -> None:
    """Imports what reads and writes models, while little else is loaded.

    skops looks up the module of each ufunc among all that there are; behind the thousands of dbt
    and Dagster its import costs a run a second more.
    """
    import ml.kept  # noqa: F401


def _read(content: bytes, kind: type | UnionType) -> Any:
    from ml.kept import from_bytes

    model = from_bytes(content)
    if not isinstance(model, kind):
        raise TypeError(f"it is of type {type(model).__name__}")
    return model


def _create(warehouse: duckdb.DuckDBPyConnection) -> None:
    create_increments(warehouse)
    if set(columns_of(warehouse, _TABLE)) != _COLUMNS.keys():  # Other code kept other columns.
        declared = ", ".join(f"{column} {kind}" for column, kind in _COLUMNS.items())
        warehouse.execute(f"create or replace table {_TABLE} ({declared})")


def create_increments(warehouse: duckdb.DuckDBPyConnection) -> None:
    """The schema of what runs note for later runs."""
    warehouse.execute("create schema if not exists increments")
