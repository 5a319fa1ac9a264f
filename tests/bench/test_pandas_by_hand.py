"""What pandas makes is what the warehouse makes, and a difference does not pass."""

import shutil
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from bench import pandas_by_hand, plain
from bench.compare import DifferenceError, compare
from bench.measure import measure
from bench.plan import Plan, read_plan
from bench.rows import ROOT
from orchestration.warehouse.published_marts import published_marts

from .shop import write_shop


@dataclass
class Sides:
    plan: Plan
    warehouse: Path
    by_hand: Path


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> Sides:
    """The shop's tables, made by both."""
    folder = tmp_path_factory.mktemp("bench")
    data, by_sql, by_hand = folder / "data", folder / "sql", folder / "pandas"
    for new in (data, by_sql, by_hand):
        new.mkdir()
    write_shop(data)
    measure(
        [sys.executable, "-m", "bench.plan", str(folder / "plan.json")],
        environment={"PORTRAIT_HOME": str(folder / "home")},
        folder=ROOT,
        log=folder / "plan.log",
    )
    plan = replace(read_plan(folder / "plan.json"), sources=[f"completejourney={data}"])
    plain.run(plan, by_sql, with_tests=False, only_compared=True)
    pandas_by_hand.make_tables(data, ROOT / "dbt_project" / "seeds", by_hand)
    return Sides(plan, by_sql / "warehouse.duckdb", by_hand)


def test_pandas_and_sql_agree(sides: Sides) -> None:
    assert compare(sides.warehouse, sides.by_hand) == {
        "customer days": 9,
        # On 2017-06-11, 2017-06-01 and 2017-05-01, the firsts with 90 days of history.
        "purchases": 6 + 6 + 3,
        "affinities": 37,
        "favourite category": 5,
        "RFM": 15,
    }


def test_the_whole_plan_makes_every_table_that_is_published(sides: Sides, tmp_path: Path) -> None:
    plain.run(sides.plan, tmp_path, with_tests=True, only_compared=False)
    written = {file.stem for file in tmp_path.glob("*.parquet")}
    assert written == set(published_marts(sides.plan.manifest))
    assert "customer_predictions" in written


def test_ties_and_odd_lines_are_in_the_data(sides: Sides) -> None:
    rfm = pd.read_parquet(sides.by_hand / "rfm.parquet").set_index(["household_id", "as_of_date"])
    current = rfm.xs(pd.Timestamp("2017-06-11"), level="as_of_date")
    pd.testing.assert_series_equal(current.loc[2], current.loc[3], check_names=False)
    assert 7 not in current.index
    days = pd.read_parquet(sides.by_hand / "customer_days.parquet")
    saturday = days[(days["household_id"] == 1) & (days["weekend_order_count"] == 1)]
    assert list(saturday["day"]) == [pd.Timestamp("2017-05-06")]
    favourites = pd.read_parquet(sides.by_hand / "affinities.parquet").query(
        "household_id == 4 and dimension == 'category' and affinity_rank == 1"
    )
    assert list(favourites["dimension_value"]) == ["APPLE TREES"] * 2  # June 1 and June 11


def test_halves_of_a_millionth_are_rounded_as_in_sql() -> None:
    """1.89 is 0.0590625 after five half-lives."""
    as_of = pd.Timestamp("2018-01-01")
    bought = pd.DataFrame(
        {
            "household_id": [1],
            "dimension_value": ["BREAD"],
            "day": [as_of - pd.Timedelta(days=5 * pandas_by_hand.HALF_LIFE_DAYS)],
            "net_amount": [1.89],
        }
    )
    leaning = pandas_by_hand.affinities(bought, as_of)
    in_sql = duckdb.sql("select cast(1.89::double * power(0.5, 5) as decimal(18, 6))").fetchall()
    assert leaning["decayed_spend"].tolist() == [float(value) for (value,) in in_sql] == [0.059063]


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("customer_days", "order_count"),
        ("purchases", "total_spend"),
        ("purchases", "days_since_last_order"),
        ("affinities", "tf_idf"),
        ("rfm", "monetary_score"),
    ],
)
def test_one_other_value_is_a_difference(
    sides: Sides, tmp_path: Path, table: str, column: str
) -> None:
    shutil.copytree(sides.by_hand, tmp_path, dirs_exist_ok=True)
    frame = pd.read_parquet(tmp_path / f"{table}.parquet").reset_index(drop=True)
    frame.loc[0, column] += 1
    frame.to_parquet(tmp_path / f"{table}.parquet", index=False)
    with pytest.raises(DifferenceError, match="1 rows differ"):
        compare(sides.warehouse, tmp_path)


@pytest.mark.parametrize("table", ["customer_days", "purchases", "affinities", "rfm"])
def test_a_missing_row_is_a_difference(sides: Sides, tmp_path: Path, table: str) -> None:
    shutil.copytree(sides.by_hand, tmp_path, dirs_exist_ok=True)
    frame = pd.read_parquet(tmp_path / f"{table}.parquet")
    frame.iloc[1:].to_parquet(tmp_path / f"{table}.parquet", index=False)
    with pytest.raises(DifferenceError, match="1 rows differ"):
        compare(sides.warehouse, tmp_path)


def test_returns_are_refused(sides: Sides, tmp_path: Path) -> None:
    write_shop(tmp_path)
    file = tmp_path / "transactions.parquet"
    pd.read_parquet(file).assign(quantity=-1).to_parquet(file)
    with pytest.raises(ValueError, match="nets no returns"):
        pandas_by_hand.read_lines(tmp_path)
