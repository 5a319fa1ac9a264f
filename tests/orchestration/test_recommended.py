"""What the published snapshot recommends, to a customer and beside a basket."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.errors import PortraitError
from orchestration.publishing.reading import Snapshot
from orchestration.publishing.recommended import (
    beside,
    chosen_methods,
    chosen_text,
    doubts_text,
    next_categories,
    recommended,
    recommended_text,
)


@pytest.fixture(scope="module")
def snapshot() -> Iterator[Snapshot]:
    with duckdb.connect() as connection:
        connection.execute("""
            create table customer_recommendations as
            select 'c' as customer_id, slot, rank, slot || rank as product_id,
                case when rank > 1 then 'Name ' || rank end as product_name, 'Food' as category,
                'because ' || rank as reason, '因为' as reason_zh, 'ease' as model_name,
                1.0 / rank as score, null::varchar as because_product_id
            from (values ('buy_again'), ('discover')) as slots (slot)
            cross join range(1, 6) as ranks (rank);
            create table customer_next_categories as
            select 'c' as customer_id, slot, rank, slot || rank as category,
                'because ' || rank as reason, '因为' as reason_zh, 'ease' as model_name,
                1.0 / rank as score, null::varchar as because_category
            from (values ('buy_again'), ('discover')) as slots (slot)
            cross join range(1, 3) as ranks (rank);
            create table similar_products as
            select * from (values
                ('s:tea', 'Tea', 's:jam', 'Jam, red', 0.5::double, true),
                ('s:tea', 'Tea', 's:ink', null, 0.4, true),
                ('s:tea', 'Tea', 's:out', 'Out', 0.9, false),
                ('s:jam', 'Jam, red', 's:tea', 'Tea', 0.5, true),
                ('s:jam', 'Jam, red', 's:ink', null, 0.3, true),
                ('s:pen', 'Pen', 's:nib', 'Nib', 0.2, true),
                ('t:pen', 'Pen', 's:nib', 'Nib', 0.2, true)
            ) as pairs (product_id, product_name, similar_product_id, similar_product_name,
                similarity, is_recommendable);
            create table model_metrics as
            select * from (values
                ('shop', 'recommendation_new', 'status', 'ease', 'best of 3', 1.0, null, null,
                    null, 0, date '2024-03-04'),
                ('shop', 'recommendation_new', 'ndcg_at_10', 'ease', null, 0.2, 0.1, 0.3, 0.15,
                    1234, date '2024-03-04'),
                ('shop', 'recommendation_new', 'ndcg_at_10', 'popularity', null, 0.15, 0.1, 0.2,
                    0.15, 1234, date '2024-03-04'),
                ('shop', 'recommendation_again', 'status', 'popularity', 'too few', 0.0, null, null,
                    null, 0, null)
            ) as metrics (shop, target, metric, model_name, note, value, lower_bound, upper_bound,
                baseline_value, customer_count, evaluated_on)
        """)
        yield Snapshot(connection, Path())


def test_a_customer_has_lists_by_slot_and_rank(snapshot: Snapshot) -> None:
    rows = recommended(snapshot, "c")
    assert [(row["slot"], row["rank"]) for row in rows] == [
        (slot, rank) for slot in ("buy_again", "discover") for rank in range(1, 6)
    ]
    assert {row["slot"] for row in recommended(snapshot, "c", ["discover"])} == {"discover"}
    assert recommended(snapshot, "nobody") == []


def test_the_first_three_are_told_in_words_by_name_or_id(snapshot: Snapshot) -> None:
    assert recommended_text(recommended(snapshot, "c")) == (
        "Buy again: buy_again1 (because 1); Name 2 (because 2); Name 3 (because 3). "
        "Discover: discover1 (because 1); Name 2 (because 2); Name 3 (because 3)."
    )
    assert recommended_text([]) == ""
    categories = next_categories(snapshot, "c")
    assert recommended_text([], categories) == (
        "Categories to buy again: buy_again1 (because 1); buy_again2 (because 2). "
        "Categories to discover: discover1 (because 1); discover2 (because 2)."
    )
    assert recommended_text(recommended(snapshot, "c"), categories).count("Discover: ") == 1


def test_what_goes_with_a_basket_is_added_up_and_explained(snapshot: Snapshot) -> None:
    rows = beside(snapshot, ["s:tea,s:jam"], 5)
    # Neither what is in the basket nor what may not be recommended.
    assert [(row["product_id"], row["score"]) for row in rows] == [("s:ink", pytest.approx(0.7))]
    assert rows[0]["because_product_id"] == "s:tea"
    assert rows[0]["reason"] == "bought by people who bought Tea"


def test_products_are_found_by_id_name_and_the_sources_own_id(snapshot: Snapshot) -> None:
    told = [[row["product_id"] for row in beside(snapshot, [name], 9)] for name in ("tea", "TEA")]
    assert told == [["s:jam", "s:ink"]] * 2
    # A comma may be part of a name.
    assert [row["product_id"] for row in beside(snapshot, ["Jam, red"], 9)] == ["s:tea", "s:ink"]
    assert beside(snapshot, ["Jam, red", "tea"], 9)[0]["product_id"] == "s:ink"
    assert len(beside(snapshot, ["tea"], 1)) == 1


@pytest.mark.parametrize(
    ("basket", "message", "hint"),
    [
        (["jam"], None, None),
        (["ja"], "Nothing is known of a product ja", "Jam, red (s:jam)"),
        (["pen"], "Several products are called pen", "s:pen, t:pen"),
        ([" , "], "The basket is empty", "--basket A,B"),
    ],
)
def test_a_basket_that_is_not_clear_is_refused(
    snapshot: Snapshot, basket: list[str], message: str | None, hint: str | None
) -> None:
    if message is None or hint is None:
        assert beside(snapshot, basket, 9)
        return
    with pytest.raises(PortraitError) as refused:
        beside(snapshot, basket, 9)
    assert message in refused.value.message
    assert hint in (refused.value.hint or "")


def test_methods_are_told_with_their_test(snapshot: Snapshot) -> None:
    again, new = (chosen_text(row) for row in chosen_methods(snapshot))
    assert again == "To buy again: popularity (too few)"
    assert new == (
        "To discover: nDCG@10 0.200 (95 % 0.100–0.300), baseline 0.150, of 1,234 customers from "
        "2024-03-04 on: ease (best of 3)"
    )


def test_what_is_told_by_a_rule_of_thumb_says_so(snapshot: Snapshot) -> None:
    chosen = chosen_methods(snapshot, "shop")
    assert chosen == chosen_methods(snapshot) and chosen_methods(snapshot, "other") == []
    assert doubts_text(chosen) == "Told by a rule of thumb: to buy again (too few)."
    assert doubts_text([row for row in chosen if row["is_sure"]]) == ""
    # Of anything there is no list.
    assert doubts_text([{**chosen[0], "target": "recommendation_anything"}]) == ""


def test_a_snapshot_of_older_code_recommends_nothing() -> None:
    with duckdb.connect() as connection:
        old = Snapshot(connection, Path())
        assert recommended(old, "c") == [] == next_categories(old, "c")
        with pytest.raises(PortraitError, match="does not say which products are alike"):
            beside(old, ["tea"], 3)
