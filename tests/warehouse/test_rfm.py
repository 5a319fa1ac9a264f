"""RFM scores against a reference in pandas, on drawn tables full of ties."""

from collections.abc import Iterator
from datetime import date

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.warehouse.plain_project import PlainProject
from tests.warehouse.conftest import new_warehouse

customers = st.lists(
    st.tuples(
        st.integers(0, 12),
        st.integers(1, 6),
        st.integers(-500, 2000).map(lambda cents: cents / 100),
    ),
    min_size=1,
    max_size=60,
)


@pytest.fixture(scope="module")
def shared_warehouse(plain: PlainProject) -> Iterator[duckdb.DuckDBPyConnection]:
    with new_warehouse(plain) as connection:
        for relation in ("int_source_systems", "int_cut_points"):
            make(connection, plain, f"intermediate.{relation}")
        yield connection


def make(connection: duckdb.DuckDBPyConnection, plain: PlainProject, relation: str) -> None:
    connection.execute(next(s for s in plain.built if s.relation == relation).sql)


def score(
    connection: duckdb.DuckDBPyConnection, plain: PlainProject, purchases: pd.DataFrame
) -> pd.DataFrame:
    """The rows of feature_rfm for these purchases, by customer_id."""
    connection.register("drawn", purchases)
    connection.execute("""
        create or replace table features.feature_purchases as
        select
            * replace (total_spend::decimal(18, 2) as total_spend),
            's' as shop,
            1 as order_day_count
        from drawn
    """)
    make(connection, plain, "features.feature_rfm")
    return connection.sql("from features.feature_rfm").df().set_index("customer_id").sort_index()


def reference(values: pd.Series, bins: int = 5) -> pd.Series:
    """Score s where at least (s - 1) / bins of the customers are strictly worse.

    A tie of more than a bin is placed by its end where it is the best or the worst, else by its
    middle; who ties with everybody has no score.
    """
    if values.nunique() == 1:
        return pd.Series(float("nan"), index=values.index)
    strictly_worse = values.rank(method="min") - 1
    ties = values.map(values.value_counts())
    is_wide = (bins * ties > len(values)) & (ties > 1) & (strictly_worse > 0)
    place = strictly_worse + (ties / 2).where(is_wide, 0)
    scores = 1 + np.floor(bins * place / len(values))
    return scores.mask(is_wide & (values == values.max()), bins)


@settings(max_examples=60, deadline=None)
@given(rows=customers)
def test_scores_equal_the_pandas_reference(
    plain: PlainProject,
    shared_warehouse: duckdb.DuckDBPyConnection,
    rows: list[tuple[int, int, float]],
) -> None:
    purchases = pd.DataFrame(
        rows, columns=["days_since_last_order", "order_count", "total_spend"]
    ).assign(
        customer_id=[f"c{position:03d}" for position in range(len(rows))],
        as_of_date=date(2024, 1, 1),
    )
    scored = score(shared_warehouse, plain, purchases)
    expected = purchases.set_index("customer_id").sort_index()
    for column, values in {
        "recency_score": -expected["days_since_last_order"],
        "frequency_score": expected["order_count"],
        "monetary_score": expected["total_spend"],
    }.items():
        pd.testing.assert_series_equal(
            scored[column].astype("float64"),
            reference(values),
            check_names=False,
            obj=column,
        )
        levels = column.replace("_score", "_score_levels")
        assert set(scored[levels]) == {scored[column].nunique()}


def test_distinct_values_give_equal_fifths(
    plain: PlainProject, shared_warehouse: duckdb.DuckDBPyConnection
) -> None:
    count = 50
    purchases = pd.DataFrame(
        {
            "customer_id": [f"c{position:03d}" for position in range(count)],
            "as_of_date": date(2024, 1, 1),
            "days_since_last_order": range(count),
            "order_count": range(1, count + 1),
            "total_spend": range(count),
        }
    )
    scored = score(shared_warehouse, plain, purchases)
    for column in ("recency_score", "frequency_score", "monetary_score"):
        assert scored[column].value_counts().to_dict() == dict.fromkeys(range(1, 6), count // 5)


def test_every_combination_of_scores_has_a_segment(warehouse: duckdb.DuckDBPyConnection) -> None:
    unnamed = warehouse.sql("""
        select recency.score, frequency.score, monetary.score
        from range(1, 6) as recency (score), range(1, 6) as frequency (score),
             range(1, 6) as monetary (score)
        where not exists (
            select 1 from seeds.rfm_segment_rules
            where recency.score
                  between coalesce(min_recency_score, 1) and coalesce(max_recency_score, 5)
              and frequency.score
                  between coalesce(min_frequency_score, 1) and coalesce(max_frequency_score, 5)
              and monetary.score
                  between coalesce(min_monetary_score, 1) and coalesce(max_monetary_score, 5)
        )
    """).fetchall()
    assert unnamed == []
