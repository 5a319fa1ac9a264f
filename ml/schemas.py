"""How results are built, and the checks on what this package is given.

`ml.layouts` says how each table looks; every function builds its result through `as_table`, so an
empty result has the same columns and types as a full one.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ml.layouts import Schema

Columns = Mapping[str, Any]
Rows = Sequence[Mapping[str, Any]]


def as_table(data: Columns | Rows | pd.DataFrame, schema: Schema, **constants: Any) -> pd.DataFrame:
    """Builds a table with exactly the schema's columns, order and dtypes.

    Args:
        data: columns by name, or one mapping a row. A column that is absent is NULL.
        schema: one of this module's schemas.
        **constants: columns that hold one value in every row.

    Returns:
        The table, one row a row of `data`, with a fresh 0..n-1 index.

    Raises:
        ValueError: `data` or `constants` name a column that the schema does not have.
    """
    table = pd.DataFrame(data).reset_index(drop=True)
    unknown = sorted({*table.columns, *constants} - set(schema))
    if unknown:
        raise ValueError(f"not in the schema: {', '.join(unknown)}")
    table = table.assign(
        # One is converted, and not one a row.
        **{
            name: pd.Series([value], dtype=schema[name]).repeat(len(table)).array
            for name, value in constants.items()
        }
    )
    return table.reindex(columns=list(schema)).astype(dict(schema))


def empty_table(schema: Schema) -> pd.DataFrame:
    """Returns a table of no rows with the schema's columns and dtypes."""
    return as_table([], schema)


def require_columns(table: pd.DataFrame, columns: Iterable[str], table_name: str) -> None:
    """Raises ValueError, naming what is missing, unless `table` has all `columns`."""
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise ValueError(f"{table_name} lacks the columns: {', '.join(missing)}")


def numeric(table: pd.DataFrame, columns: Sequence[str], table_name: str) -> pd.DataFrame:
    """Returns the table with `columns` as float64, NULL as NaN: integers, decimals, booleans.

    Raises:
        ValueError: a column is missing or holds something that is no number, or infinite.
    """
    require_columns(table, columns, table_name)
    converted = {}
    for column in columns:
        try:
            converted[column] = table[column].astype("float64")
        except (TypeError, ValueError) as error:
            raise ValueError(f"{table_name}.{column} is not numeric: {error}") from error
        # A division by zero is infinite in DuckDB; it is an error of the query, not a value.
        if np.isinf(converted[column]).any():
            raise ValueError(f"{table_name}.{column} is infinite")
    return table.assign(**converted)


def sort_by_key(table: pd.DataFrame, key: Sequence[str], table_name: str) -> pd.DataFrame:
    """Returns the rows in the order of their key, so that results do not depend on row order.

    Raises:
        ValueError: a key occurs twice or is NULL, or a key column is missing.
    """
    require_columns(table, key, table_name)
    if table[list(key)].isna().any(axis=None):
        raise ValueError(f"{table_name} has a NULL in its key ({', '.join(key)})")
    if _ascends(table, key):  # As from an ordered query: millions of texts need no hash.
        return table.reset_index(drop=True)
    if table.duplicated(list(key)).any():
        raise ValueError(f"{table_name} has two rows for one {', '.join(key)}")
    return table.sort_values(list(key)).reset_index(drop=True)


def _ascends(table: pd.DataFrame, key: Sequence[str]) -> bool:
    """Whether each row's key is above that of the row before, so that none occurs twice."""
    steps = max(len(table) - 1, 0)
    is_above, is_same = np.zeros(steps, bool), np.ones(steps, bool)
    for column in key:
        earlier, later = table[column].array[:-1], table[column].array[1:]
        is_above |= is_same & np.asarray(later > earlier, dtype=bool)
        is_same &= np.asarray(later == earlier, dtype=bool)
    return bool(is_above.all())


def version_of(parameters: Iterable[object]) -> str:
    """Names a fitted model: 12 hex digits of the hash of its parameters.

    Floats count to six significant digits, so that the last bits, which differ between machines,
    do not make a new version.
    """
    words = (f"{p + 0.0:.6g}" if isinstance(p, float) else str(p) for p in parameters)
    return hashlib.sha256("|".join(words).encode()).hexdigest()[:12]
