"""Output tables keep their shape, input tables are checked."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml import layouts, schemas

ALL = [
    layouts.CUSTOMER_SEGMENTS,
    layouts.SEGMENT_PROFILES,
    layouts.CUSTOMER_PREDICTIONS,
    layouts.MODEL_METRICS,
]


@pytest.mark.parametrize("schema", ALL)
def test_empty_table_is_typed(schema: layouts.Schema) -> None:
    table = schemas.empty_table(schema)
    assert table.empty
    assert table.dtypes.astype(str).to_dict() == dict(schema)


def test_absent_columns_are_null_and_text_stays_null() -> None:
    table = schemas.as_table(
        [{"metric": "a", "note": None}],
        layouts.MODEL_METRICS,
        as_of_date="2024-01-01",
        customer_count=1,
    )
    assert table["as_of_date"][0] == pd.Timestamp("2024-01-01")
    assert table[["note", "value", "evaluated_on", "model_name"]].isna().all(axis=None)
    assert list(table) == list(layouts.MODEL_METRICS)


def test_unknown_columns_are_refused() -> None:
    with pytest.raises(ValueError, match="not in the schema: colour"):
        schemas.as_table([{"colour": 1}], layouts.MODEL_METRICS)


def test_sort_by_key_refuses_null_keys() -> None:
    with pytest.raises(ValueError, match="NULL in its key"):
        schemas.sort_by_key(pd.DataFrame({"id": ["a", None]}), ["id"], "things")


def test_sort_by_key_refuses_one_key_that_comes_twice() -> None:
    with pytest.raises(ValueError, match="things has two rows for one id"):
        schemas.sort_by_key(pd.DataFrame({"id": ["a", "b", "a"]}), ["id"], "things")


@pytest.mark.parametrize("is_ordered", [True, False])
@given(
    keys=st.lists(
        st.tuples(st.dates(date(2024, 1, 1), date(2024, 1, 3)), st.text("aZé中", max_size=2)),
        max_size=8,
    )
)
def test_sort_by_key_orders_every_table_or_refuses_it(
    keys: list[tuple[date, str]], *, is_ordered: bool
) -> None:
    """One in order is told by its neighbours alone, also where a key comes twice side by side."""
    rows = sorted(keys) if is_ordered else keys
    table = pd.DataFrame(rows, columns=["day", "id"]).astype({"day": "datetime64[s]", "id": "str"})
    table["place"] = range(len(table))
    if len(set(keys)) < len(keys):
        with pytest.raises(ValueError, match="two rows"):
            schemas.sort_by_key(table, ["day", "id"], "things")
        return
    found = schemas.sort_by_key(table, ["day", "id"], "things")
    assert [rows[place] for place in found["place"]] == sorted(keys)
    assert list(found.index) == list(range(len(keys)))


def test_numeric_takes_decimals_booleans_and_null() -> None:
    from decimal import Decimal

    table = pd.DataFrame(
        {
            "money": [Decimal("1.50"), None],
            "flag": pd.array([True, None], dtype="boolean"),
        }
    )
    found = schemas.numeric(table, ["money", "flag"], "things")
    np.testing.assert_array_equal(found.to_numpy(), [[1.5, 1.0], [np.nan, np.nan]])


def test_numeric_refuses_one_infinite_number_among_others() -> None:
    table = pd.DataFrame({"ratio": [0.5, np.inf, np.nan]})
    with pytest.raises(ValueError, match=r"things\.ratio is infinite"):
        schemas.numeric(table, ["ratio"], "things")


def test_version_ignores_the_last_bits_but_not_the_values() -> None:
    assert schemas.version_of([0.1 + 0.2, -0.0, "a"]) == schemas.version_of([0.3, 0.0, "a"])
    assert schemas.version_of([np.float64(0.1)]) == schemas.version_of([0.1])
    assert schemas.version_of([0.1]) != schemas.version_of([0.1001])
    assert schemas.version_of(["a", "b"]) != schemas.version_of(["b", "a"])
