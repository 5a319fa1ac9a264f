"""What sets segments apart: the exact test against scipy's, and labels drawn at random."""

from collections.abc import Iterator

import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy.stats import false_discovery_control, hypergeom

from orchestration.warehouse.plain_project import PlainProject
from tests.warehouse.conftest import new_warehouse

LEVEL = 0.05


@pytest.fixture(scope="module")
def marts(plain: PlainProject) -> Iterator[duckdb.DuckDBPyConnection]:
    with new_warehouse(plain) as connection:
        connection.execute("""
            create table marts.tag_catalog
                (shop text, tag_key text, name_en text, name_zh text, value_type text,
                tag_order int);
            create table marts.tag_value_names
                (tag_key text, tag_value text, name_en text, name_zh text);
        """)
        yield connection


def traits(
    connection: duckdb.DuckDBPyConnection, plain: PlainProject, counts: pd.DataFrame
) -> pd.DataFrame:
    """The rows of segment_traits for these of segment_trait_counts."""
    connection.register("drawn", counts.assign(kind="tag", tag_value="true"))
    connection.execute("""
        create or replace table marts.segment_trait_counts as from drawn;
        create or replace table marts.segment_measures as
        select distinct shop, segment_id, date '2024-02-01' as as_of_date, 100 as customer_count
        from drawn
    """)
    for name in ("segment_trait_tests", "segment_traits"):
        connection.execute(next(s for s in plain.built if s.relation == f"marts.{name}").sql)
    found = connection.execute("""
        select traits.*, all_count, all_known_count
        from marts.segment_traits as traits
        inner join marts.segment_trait_tests using (shop, segment_id, tag_key, tag_value)
        order by all
    """)
    return found.df()


def drawn_counts(sizes: list[int], draws: int, seed: int = 0) -> pd.DataFrame:
    """Counts that can be, of the smallest and the largest, the likely and the unlikely."""
    draw = np.random.default_rng(seed)
    rows = []
    for size in sizes:
        for _ in range(draws):
            known, having = (int(draw.integers(1, size)) for _ in range(2))
            least, most = max(0, known + having - size), min(known, having)
            middle = round(known * having / size)
            spread = int(np.sqrt(known * having / size)) + 1
            for count in (least, most, middle, *draw.integers(-6, 7, 4) * spread // 2 + middle):
                rows.append((int(np.clip(count, least, most)), known, having, size))
    columns = ["customer_count", "known_count", "all_count", "all_known_count"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(
        shop="s", segment_id=0, tag_key=[f"t{number:05}" for number in range(len(table))]
    )


def test_p_and_q_values_are_those_of_scipy(
    marts: duckdb.DuckDBPyConnection, plain: PlainProject
) -> None:
    found = traits(marts, plain, drawn_counts([2, 3, 7, 40, 1_000, 60_000, 1_000_000], 12))
    exact = hypergeom.sf(
        found["customer_count"] - 1,
        found["all_known_count"],
        found["all_count"],
        found["known_count"],
    )
    assert (found["p_value"] < 1e-30).sum() > 20 < (found["p_value"] > 0.1).sum()
    # Of a small chance each digit counts; scipy's own are off by some 1e-9 of a million.
    np.testing.assert_allclose(found["p_value"], exact, rtol=1e-6, atol=1e-290)
    np.testing.assert_allclose(found["q_value"], false_discovery_control(found["p_value"]))
    assert (
        found["is_significant"] == (found["q_value"] <= LEVEL) & (found["customer_count"] >= 5)
    ).all()


def counts_of(labels: np.ndarray, having: np.ndarray, shop: str) -> pd.DataFrame:
    """segment_trait_counts of customers: the segment, and which tags each has, shape (n, tags)."""
    rows = [
        (
            int(having[labels == label, tag].sum()),
            int((labels == label).sum()),
            label,
            f"t{tag}",
            tag,
        )
        for label in np.unique(labels)
        for tag in range(having.shape[1])
        if having[:, tag].sum() >= 5
    ]
    table = pd.DataFrame(
        rows, columns=["customer_count", "known_count", "segment_id", "tag_key", "t"]
    )
    return table.assign(
        shop=shop,
        all_count=having.sum(axis=0)[table["t"]],
        all_known_count=len(labels),
    ).drop(columns="t")


def test_random_labels_set_hardly_anything_apart(
    marts: duckdb.DuckDBPyConnection, plain: PlainProject
) -> None:
    """Where nothing is true, a shop in twenty at most has any significant trait at all."""
    draw = np.random.default_rng(5)
    shops = []
    for number in range(300):
        size = int(draw.integers(30, 400))
        # Tags that go together, as those of value and basket do.
        taste = draw.normal(size=(size, 1))
        having = draw.normal(size=(size, 20)) + taste > draw.uniform(-1.5, 2.5, 20)
        shops.append(counts_of(draw.integers(0, 5, size), having, f"s{number:03}"))
    found = traits(marts, plain, pd.concat(shops))
    has_any = found.groupby("shop")["is_significant"].any()
    assert len(has_any) == 300
    assert has_any.mean() <= LEVEL
    # Without the correction most shops would have one.
    assert (found["p_value"] <= LEVEL).groupby(found["shop"]).any().mean() > 0.8


def test_of_what_is_told_few_is_by_chance(
    marts: duckdb.DuckDBPyConnection, plain: PlainProject
) -> None:
    """Half of the tags go with a segment: these are found, and of all that is found few others."""
    draw = np.random.default_rng(6)
    shops = []
    for number in range(60):
        labels = draw.integers(0, 4, 400)
        chance = np.full((400, 20), 0.3)
        chance[labels == 0, :10] = 0.6
        shops.append(counts_of(labels, draw.random((400, 20)) < chance, f"s{number:03}"))
    found = traits(marts, plain, pd.concat(shops))
    is_true = (found["segment_id"] == 0) & found["tag_key"].str[1:].astype(int).lt(10)
    assert found.loc[is_true, "is_significant"].mean() > 0.95
    false = found["is_significant"] & ~is_true
    assert (
        false.groupby(found["shop"]).sum() / found.groupby("shop")["is_significant"].sum()
    ).mean() <= LEVEL
