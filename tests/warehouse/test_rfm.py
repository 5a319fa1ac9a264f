"""RFM scores against a reference in pandas, on drawn tables full of ties."""

from collections.abc import Iterator
from datetime import date

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.project import Project
from orchestration.warehouse.plain_project import PlainProject
from orchestration.warehouse.plain_sql import compile_project
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
        for relation in ("int_source_systems", "int_cut_points", "int_rfm_segment_rules"):
            make(connection, plain, f"intermediate.{relation}")
        connection.execute("""
            create table features.feature_silence
                (shop text, customer_id text, as_of_date date, silence_ratio double)
        """)
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


# Every combination of scores, at, below and above each bound of the silence.
COMBINATIONS = pd.MultiIndex.from_product(
    [range(1, 6), range(1, 6), range(1, 6), [0.0, 1.49, 1.5, 2.99, 3.0, 5.99, 6.0, 99.0]],
    names=["recency", "frequency", "monetary", "silence_ratio"],
).to_frame(index=False)

# The classic table: a row a recency score from 5 down, a column a frequency score from 1 up.
CLASSIC = {
    3: "NC PL PL LC LC  PR PL PL LC LC  AS NA NA LC LC  HI HI AR AR AR  LO LO AR AR AR",
    4: "NC PL PL CH CH  PR PL PL LC LC  AS NA NA LC LC  HI HI AR CL CL  LO LO AR CL CL",
    5: "BS BS BS CH CH  BS BS BS LC LC  BS BS BS LC LC  HI HI AR CL CL  LO LO AR CL CL",
}
SHORT = {
    "Champions": "CH",
    "Cannot Lose Them": "CL",
    "Loyal Customers": "LC",
    "Big Spenders": "BS",
    "New Customers": "NC",
    "Promising": "PR",
    "Potential Loyalists": "PL",
    "Need Attention": "NA",
    "About to Sleep": "AS",
    "At Risk": "AR",
    "Hibernating": "HI",
    "Lost": "LO",
}


def segments(plain: PlainProject) -> pd.Series:
    """The segment of each of COMBINATIONS, by the SQL of the models; cut points make the scores."""
    with new_warehouse(plain) as connection:
        connection.register("combinations", COMBINATIONS.reset_index(names="row"))
        connection.execute("""
            create table features.feature_silence as
            select 's' as shop, row::text as customer_id, date '2024-01-01' as as_of_date,
                silence_ratio
            from combinations;
            create table features.feature_purchases as
            select 's' as shop, row::text as customer_id, date '2024-01-01' as as_of_date,
                1 as order_day_count, 5 - recency as days_since_last_order,
                frequency as order_count, monetary::decimal(18, 2) as total_spend
            from combinations;
            create table intermediate.int_cut_points as
            select 's' as shop, dimension, score,
                case dimension when 'recency' then score - 5 else score end as least_value
            from unnest(['recency', 'frequency', 'monetary']) as dimensions (dimension),
                range(1, 6) as scores (score)
        """)
        make(connection, plain, "intermediate.int_rfm_segment_rules")
        make(connection, plain, "features.feature_rfm")
        found = connection.sql("select customer_id::int as row, * from features.feature_rfm").df()
        found = found.set_index("row").sort_index()
        scores = [f"{dimension}_score" for dimension in COMBINATIONS.columns[:3]]
        assert (found[scores].to_numpy() == COMBINATIONS.iloc[:, :3].to_numpy()).all()
        return found["rfm_segment"]


def test_every_combination_of_scores_and_silence_has_a_segment(plain: PlainProject) -> None:
    found = segments(plain)
    assert found.notna().all()
    # What the classic table calls new may have come a dozen times.
    assert set(found) == {*SHORT, "Recent Customers"} - {"New Customers"}


def test_who_is_not_late_is_in_no_segment_of_the_late(plain: PlainProject) -> None:
    silent = COMBINATIONS["silence_ratio"].groupby(segments(plain)).agg(["min", "max"])
    late = ["Cannot Lose Them", "At Risk", "Hibernating", "Lost"]
    assert (silent.loc[late, "min"] >= 1.5).all()
    assert silent.loc["Lost", "min"] == 6
    others = silent.drop([*late, "About to Sleep"])
    assert (others["max"] < 1.5).all()


def test_the_classic_table_asks_the_scores_alone(project: Project) -> None:
    classic = compile_project(project, {"rfm_segment_rules": "rfm_classic_segment_rules"})
    found = segments(classic).map(SHORT).groupby([COMBINATIONS[c] for c in COMBINATIONS][:3])
    assert (found.nunique() == 1).all()
    for monetary, table in CLASSIC.items():
        expected = dict(zip(_cells(), table.split(), strict=True))
        of_spend = found.first().xs(monetary, level="monetary")
        assert of_spend.to_dict() == expected
    # Below 4 what somebody spent plays no part.
    assert found.first().xs(1, level="monetary").equals(found.first().xs(3, level="monetary"))


def _cells() -> list[tuple[int, int]]:
    return [(recency, frequency) for recency in range(5, 0, -1) for frequency in range(1, 6)]
