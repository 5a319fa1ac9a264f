"""Recommendations in the warehouse: chosen once a month, made for everybody every day."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import duckdb
import numpy as np
import pytest

from orchestration.errors import PortraitError
from orchestration.modelling.checks import (
    BEATS_POPULARITY,
    RECOMMENDED_ONCE,
    check_recommendations,
    raise_errors,
)
from orchestration.modelling.interactions import groups_of
from orchestration.modelling.kept_models import Maker
from orchestration.modelling.recommendations import make_recommendations
from orchestration.modelling.steps import tidy_metrics
from tests.orchestration.modelled_shop import TABLES as MODELLED
from tests.orchestration.recommending_shop import (
    OF_CATEGORIES,
    RULE,
    RULES,
    TABLES,
    Warehouse,
    categories,
    contents,
    lists,
    make_shops,
)

MAKER = Maker("code")


@pytest.fixture(scope="module")
def made() -> Iterator[Warehouse]:
    with duckdb.connect() as warehouse:
        make_shops(warehouse)
        make_recommendations(warehouse, TABLES, MAKER, RULES)
        yield warehouse


@pytest.fixture
def shops(warehouse: Warehouse) -> Warehouse:
    make_shops(warehouse)
    return warehouse


def test_everybody_with_a_portrait_has_lists(made: Warehouse) -> None:
    assert len(lists(made, "c07", "buy_again")) == 3
    assert len(lists(made, "c07", "discover")) == 3
    # Who has bought nothing has nothing to buy again, and is told what is popular.
    for nobody in ("visitor", "stranger"):
        assert lists(made, nobody, "buy_again") == []
        assert len(lists(made, nobody, "discover")) == 3


def test_slots_hold_what_was_bought_and_what_was_not(made: Warehouse) -> None:
    told = made.execute("""
        select slot, bool_and(is_bought), bool_or(is_bought) from (
            select slot, exists (
                from purchases as p
                where p.customer_id = r.customer_id and p.product_id = r.product_id
            ) as is_bought
            from ml.customer_recommendations as r
        ) group by slot order by slot
    """).fetchall()
    assert told == [("buy_again", True, True), ("discover", False, False)]


def test_shops_recommend_their_own_products(made: Warehouse) -> None:
    assert made.execute("""
        select count(*) from ml.customer_recommendations where not starts_with(product_id, shop)
    """).fetchall() == [(0,)]


def test_what_is_bought_every_month_comes_first(made: Warehouse) -> None:
    # Customer 7 is of the third kind, and buys its products 2 and 3 every time.
    assert set(lists(made, "c07", "buy_again")[:2]) == {"large:32", "large:33"}


def test_what_the_kind_buys_is_discovered(made: Warehouse) -> None:
    (row,) = made.execute("""
        select model_name, reason, because_product_id from ml.customer_recommendations
        where customer_id = 'c07' and slot = 'discover' and rank = 1
    """).fetchall()
    assert lists(made, "c07", "discover")[0].startswith("large:3")
    # Somebody has only looked at something.
    assert row[:2] == ("item_neighbours", "goes_with")
    assert row[2].startswith("large:3")


def test_rules_are_kept(made: Warehouse) -> None:
    everywhere = made.execute(
        "select distinct product_id from ml.customer_recommendations where slot = 'discover'"
    ).fetchall()
    assert ("large:09",) not in everywhere
    assert ("large:06",) in everywhere
    assert "large:06" not in lists(made, "c00", "discover")


def test_the_contest_stands_in_the_metrics(made: Warehouse) -> None:
    told = made.execute("""
        select shop, target, model_name, value, evaluated_on from ml.model_metrics
        where metric = 'status' and starts_with(target, 'recommendation') order by all
    """).fetchall()
    assert told[1] == ("large", "recommendation_anything", "buy_again", 1.0, date(2024, 3, 4))
    assert told[2] == ("large", "recommendation_new", "item_neighbours", 1.0, date(2024, 3, 4))
    # Two customers tell no method from another.
    assert {(row[0], row[3]) for row in told[3:]} == {("small", 0.0)}


def test_categories_are_recommended_as_products_are(made: Warehouse) -> None:
    # Customer 7 buys of the third kind, and only of it.
    assert categories(made, "c07", "buy_again") == ["large:3"]
    others = made.execute(
        "select distinct category from ml.customer_next_categories where slot = 'discover'"
        " and customer_id = 'c07'"
    ).fetchall()
    assert set(others) <= {("large:0",), ("large:1",)}
    # Nothing of the second kind may be discovered.
    assert categories(made, "visitor", "discover") and others
    assert made.execute("""
        select count(*) from ml.customer_next_categories
        where slot = 'discover' and category = 'large:2'
    """).fetchall() == [(0,)]
    assert made.execute("""
        select target, model_name, value from ml.model_metrics
        where metric = 'status' and shop = 'large' and starts_with(target, 'next_category')
        order by all
    """).fetchall() == [
        ("next_category_again", "personal_frequency", 0.0),
        ("next_category_anything", "personal_frequency", 1.0),
        ("next_category_new", "popularity", 0.0),
    ]


def test_similar_products_are_of_one_kind(made: Warehouse) -> None:
    assert made.execute("""
        select count(*) from ml.similar_products
        where rank = 1 and shop = 'large'
            and substr(product_id, 7, 1) <> substr(similar_product_id, 7, 1)
    """).fetchall() == [(0,)]


def test_what_is_kept_gives_the_same_as_what_is_made_anew(shops: Warehouse) -> None:
    first = make_recommendations(shops, TABLES, MAKER, RULES)
    before = contents(shops)
    again = make_recommendations(shops, TABLES, MAKER, RULES)
    forced = make_recommendations(shops, TABLES, replace(MAKER, is_forced=True), RULES)
    assert (first.is_fitted, again.is_fitted, forced.is_fitted) == (True, False, True)
    assert contents(shops) == before


def test_new_purchases_change_lists_and_no_model(shops: Warehouse) -> None:
    make_recommendations(shops, TABLES, MAKER, RULES)
    discovered = lists(shops, "c07", "discover")[0]
    others = lists(shops, "c08", "discover")
    shops.execute(
        "insert into purchases values ('large', 'c07', '2024-04-16', ?)",
        [discovered],
    )
    made = make_recommendations(shops, TABLES, MAKER, RULES)
    assert not made.is_fitted
    assert discovered not in lists(shops, "c07", "discover")
    assert lists(shops, "c08", "discover") == others


def test_a_corrected_past_and_another_rule_hold_the_contest_anew(shops: Warehouse) -> None:
    make_recommendations(shops, TABLES, MAKER, RULES)
    shops.execute("""
        delete from purchases where customer_id = 'c07' and bought_on = '2024-02-23'
    """)
    assert make_recommendations(shops, TABLES, MAKER, RULES).is_fitted
    assert make_recommendations(
        shops, TABLES, MAKER, [replace(RULE, list_length=2), OF_CATEGORIES]
    ).is_fitted


def test_what_is_said_of_products_counts_where_a_method_goes_by_it(shops: Warehouse) -> None:
    by_attributes = [replace(RULE, methods=("content",)), OF_CATEGORIES]
    make_recommendations(shops, TABLES, MAKER, by_attributes)
    assert not make_recommendations(shops, TABLES, MAKER, by_attributes).is_fitted
    shops.execute("update features.product_attributes set value = product_id")
    assert make_recommendations(shops, TABLES, MAKER, by_attributes).is_fitted
    make_recommendations(shops, TABLES, MAKER, RULES)
    shops.execute("update features.product_attributes set value = 'all'")
    assert not make_recommendations(shops, TABLES, MAKER, RULES).is_fitted


def test_another_category_of_what_was_bought_holds_the_contest_of_categories_anew(
    shops: Warehouse,
) -> None:
    make_recommendations(shops, TABLES, MAKER, RULES)
    # Nothing was done with it until the day of fitting.
    shops.execute(
        "insert into features.recommendable_products values"
        " ('large', 'large:x', 'large:x', true, true, null, null, null)"
    )
    assert not make_recommendations(shops, TABLES, MAKER, RULES).is_fitted
    shops.execute(
        "update features.recommendable_products set category = 'large:0'"
        " where product_id = 'large:12'"
    )
    assert make_recommendations(shops, TABLES, MAKER, RULES).is_fitted
    assert "large:0" in categories(shops, "c01", "buy_again")


def test_customers_are_in_the_rfm_segment_of_the_latest_day(shops: Warehouse) -> None:
    customers = np.array(["c03", "c07", "nobody"], dtype=object)
    assert groups_of(shops, "large", date(2024, 3, 4), customers).tolist() == [0, 1, -1]
    # The day before the first, nobody had been looked at.
    assert groups_of(shops, "large", date(2024, 2, 29), customers).tolist() == [-1, -1, -1]
    shops.execute(
        "update features.feature_rfm set rfm_segment = 'Lost'"
        " where customer_id = 'c03' and as_of_date = '2024-04-01'"
    )
    assert groups_of(shops, "large", date(2024, 3, 4), customers).tolist() == [0, 1, -1]
    assert groups_of(shops, "large", date(2024, 4, 2), customers).tolist() == [1, 1, -1]


def test_who_is_in_which_segment_counts_where_a_method_goes_by_it(shops: Warehouse) -> None:
    by_groups = [replace(RULE, methods=("group_popularity",)), OF_CATEGORIES]
    make_recommendations(shops, TABLES, MAKER, by_groups)
    assert not make_recommendations(shops, TABLES, MAKER, by_groups).is_fitted
    shops.execute("update features.feature_rfm set rfm_segment = 'Lost' where customer_id = 'c03'")
    assert make_recommendations(shops, TABLES, MAKER, by_groups).is_fitted
    make_recommendations(shops, TABLES, MAKER, RULES)
    shops.execute("update features.feature_rfm set rfm_segment = 'Lost'")
    assert not make_recommendations(shops, TABLES, MAKER, RULES).is_fitted


def test_a_shop_that_nobody_has_ordered_from_recommends_nothing(shops: Warehouse) -> None:
    shops.execute("delete from features.recommendation_days")
    made = make_recommendations(shops, TABLES, MAKER, RULES)
    assert (sum(made.rows.values()), len(made.metrics)) == (0, 0)


def test_a_shop_without_products_recommends_nothing(shops: Warehouse) -> None:
    for table in ("purchases", "features.recommendable_products"):
        shops.execute(f"delete from {table}")
    made = make_recommendations(shops, TABLES, MAKER, RULES)
    assert sum(made.rows.values()) == 0
    assert set(made.metrics["note"]) == {
        "the baseline: fewer than 30 customers to compare methods by"
    }


def test_metrics_of_recommendations_are_tidied_away_with_their_shop(shops: Warehouse) -> None:
    tables = {**TABLES, "model_versions": MODELLED["model_versions"]}
    make_recommendations(shops, tables, MAKER, RULES)
    tidy_metrics(shops, tables, [])
    kept = "select count(*) from ml.model_metrics where starts_with(target, 'recommendation')"
    ((before,),) = shops.execute(kept).fetchall()
    shops.execute("delete from features.as_of_dates where shop = 'small'")
    tidy_metrics(shops, tables, [])
    ((after,),) = shops.execute(kept).fetchall()
    assert 0 < after < before


def test_checks_tell_who_is_served_and_why(shops: Warehouse) -> None:
    made = make_recommendations(shops, TABLES, MAKER, RULES)
    once, beats = check_recommendations(shops, made)
    assert (once.name, once.problem) == (RECOMMENDED_ONCE, "")
    assert beats.name == BEATS_POPULARITY
    assert "small: recommendation_new: the baseline: fewer than 30 customers" in beats.problem
    assert "large: recommendation_new: " not in beats.problem


def test_a_product_that_is_named_twice_stops_the_run(shops: Warehouse) -> None:
    made = make_recommendations(shops, TABLES, MAKER, RULES)
    shops.execute("""
        insert into ml.customer_recommendations
        from ml.customer_recommendations where customer_id = 'c07' limit 1
    """)
    findings = check_recommendations(shops, made)
    assert findings[0].problem == "1 products are named twice."
    with pytest.raises(PortraitError):
        raise_errors(findings)
