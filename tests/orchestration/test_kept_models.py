"""Segments and predictions do again what differs, and end as if they had done everything."""

import zipfile
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from io import BytesIO

import pytest

from ml.kept import to_bytes
from orchestration.modelling.kept_models import Maker
from orchestration.modelling.predictions import make_predictions
from orchestration.modelling.segments import make_segments
from orchestration.modelling.steps import tidy_metrics
from tests.orchestration.modelled_shop import (
    DECLARED,
    FORCED,
    NORMAL,
    TABLES,
    Warehouse,
    contents,
    declared,
    make_features,
)


@pytest.fixture
def shop(warehouse: Warehouse) -> Warehouse:
    make_features(warehouse)
    return warehouse


def change(statement: str) -> Callable[[Warehouse], object]:
    return lambda warehouse: warehouse.execute(statement)


def features_on(day: str) -> str:
    return (
        "update features.customer_features set order_count = order_count + 1, total_spend = 9"
        f" where customer_id = 'c7' and as_of_date = '{day}'"
    )


NEXT_DAY = """
    update features.as_of_dates set as_of_date = date '2024-04-18' where is_current;
    update features.customer_features
    set as_of_date = date '2024-04-18', days_since_last_order = days_since_last_order + 1
    where as_of_date = date '2024-04-17'
"""
NEXT_MONTH = """
    update features.as_of_dates set is_current = false;
    insert into features.as_of_dates
    values ('s', '2024-05-01', false), ('s', '2024-05-02', true);
    insert into features.customer_features by name
    select * replace (days.as_of_date as as_of_date, days_since_last_order + 9
        as days_since_last_order)
    from features.customer_features as held, (
        values (date '2024-05-01'), (date '2024-05-02')
    ) as days (as_of_date)
    where held.as_of_date = '2024-04-01';
    delete from features.customer_features where as_of_date = date '2024-04-17';
    delete from features.as_of_dates where as_of_date = date '2024-04-17';
    insert into features.training_labels
    select 's', 'c' || number, date '2024-04-01', 29, 1 from range(80) as customers (number)
"""


def test_each_target_has_its_predictions_and_metrics(shop: Warehouse) -> None:
    other = declared(59, prediction="other", name="is_other")
    shop.execute("""
        insert into features.training_labels
        select * replace (59 as horizon_days) from features.training_labels
        where as_of_date < date '2024-02-18'
    """)
    made = make_predictions(shop, TABLES, [other, DECLARED], NORMAL)
    assert made.is_learned
    assert made.rows == made.expected_rows == 80
    assert not make_predictions(shop, TABLES, [other, DECLARED], NORMAL).is_learned
    predicted = shop.execute("""
        select distinct target, horizon_days, count(*) over (partition by target)
        from ml.customer_predictions order by target
    """).fetchall()
    # Of the other there is one cutoff, which is too few for a test.
    assert predicted == [("has_ordered_next_30_days", 29, 80)]
    told = shop.execute("""
        select target, model_name, value is null from ml.model_metrics
        where metric = 'status' order by target
    """).fetchall()
    assert told == [
        ("has_ordered_next_30_days", "repurchase_logistic_regression", False),
        ("is_other", "other_logistic_regression", True),
    ]
    asked_of_others = replace(DECLARED, eligible="order_count > 3")
    made = make_predictions(shop, TABLES, [asked_of_others], NORMAL)
    assert made.is_learned
    assert 0 < made.rows == made.expected_rows < 80
    assert make_predictions(shop, TABLES, [], NORMAL).rows == 0


@pytest.mark.parametrize(
    ("changed", "days", "is_fitted", "is_learned"),
    [
        pytest.param("select 1", 0, False, False, id="nothing"),
        pytest.param(NEXT_DAY, 1, False, False, id="the next day"),
        pytest.param(NEXT_MONTH, 2, True, True, id="the next month"),
        pytest.param(features_on("2024-02-01"), 4, True, True, id="a past day"),
        # The current day is told by the first of its month too.
        pytest.param(features_on("2024-04-01"), 2, True, False, id="the day of the fit"),
        pytest.param(
            "update features.training_labels set order_day_count = 1 - order_day_count"
            " where customer_id = 'c7'",
            *(0, False, True),
            id="a label",
        ),
        pytest.param(
            "delete from features.customer_features where as_of_date = '2024-02-01'",
            *(3, True, True),
            id="a day that is no more",
        ),
        pytest.param("drop table ml.customer_segments", 4, False, False, id="a table lost"),
        pytest.param("delete from ml.customer_segments", 4, False, False, id="an empty table"),
        pytest.param(
            "delete from ml.customer_segments where as_of_date = '2024-03-01'",
            *(1, False, False),
            id="the rows of a day lost",
        ),
        pytest.param(
            "update features.customer_features set order_count = 0", 0, False, True, id="nobody"
        ),
    ],
)
def test_only_what_differs_is_done_again(
    shop: Warehouse, changed: str, days: int, is_fitted: bool, is_learned: bool
) -> None:
    make_segments(shop, TABLES, NORMAL)
    make_predictions(shop, TABLES, [DECLARED], NORMAL)
    shop.execute(changed)
    segments = make_segments(shop, TABLES, NORMAL)
    predictions = make_predictions(shop, TABLES, [DECLARED], NORMAL)
    made = (segments.days, segments.is_fitted, predictions.is_learned)
    assert made == (days, is_fitted, is_learned)
    once = contents(shop)
    assert segments.rows == len(once["customer_segments"])
    forced = make_segments(shop, TABLES, FORCED)
    assert forced.is_fitted == bool(forced.rows)
    assert make_predictions(shop, TABLES, [DECLARED], FORCED).is_learned
    assert contents(shop) == once


def test_a_further_month_changes_nothing_of_the_days_before(shop: Warehouse) -> None:
    def segmented() -> dict[object, object]:
        rows = shop.execute("""
            select as_of_date, list((customer_id, segment_id, segment_name) order by customer_id)
            from ml.customer_segments group by as_of_date
        """).fetchall()
        return dict(rows)

    shop.execute("""
        create table features.all_days as from features.as_of_dates;
        create table features.all_customers as from features.customer_features;
    """)
    said: dict[object, object] = {}
    for day in ("2024-02-01", "2024-03-01", "2024-04-01"):
        shop.execute(f"""
            create or replace table features.as_of_dates as
            select * replace (as_of_date = '{day}' as is_current)
            from features.all_days where as_of_date <= '{day}';
            create or replace table features.customer_features as
            from features.all_customers where as_of_date <= '{day}'
        """)
        make_segments(shop, TABLES, NORMAL)
        now = segmented()
        assert {one: now[one] for one in said} == said
        said = now
    assert len(said) == 3


def test_days_that_were_lost_are_made_again(shop: Warehouse) -> None:
    make_segments(shop, TABLES, NORMAL)
    before = shop.execute("from ml.customer_segments order by all").fetchall()
    shop.execute("alter table features.customer_features rename to kept")
    shop.execute("create table features.customer_features as from features.kept limit 0")
    assert make_segments(shop, TABLES, NORMAL).rows == 0
    shop.execute("drop table features.customer_features")
    shop.execute("alter table features.kept rename to customer_features")
    assert make_segments(shop, TABLES, NORMAL).days == 4
    assert shop.execute("from ml.customer_segments order by all").fetchall() == before


def test_other_code_learns_anew(shop: Warehouse) -> None:
    make_segments(shop, TABLES, NORMAL)
    made = make_segments(shop, TABLES, Maker("other code"))
    assert (made.days, made.is_fitted) == (4, True)


def bomb() -> bytes:
    """Bytes that unpack to a thousand times their size."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("schema.json", bytes(1 << 24))
    return packed.getvalue()


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda kept: kept[:50] + bytes([kept[50] ^ 1]) + kept[51:], id="flipped"),
        pytest.param(lambda kept: kept[: len(kept) // 2], id="cut"),
        pytest.param(lambda kept: b"", id="empty"),
        pytest.param(lambda kept: None, id="nothing"),
        pytest.param(lambda kept: bomb(), id="a bomb"),
        pytest.param(lambda kept: to_bytes({"segments": 3}), id="another type"),
        pytest.param(lambda kept: to_bytes(Fraction(1, 2)), id="a foreign type"),
    ],
)
def test_a_damaged_model_is_fitted_again(
    shop: Warehouse,
    damage: Callable[[bytes], bytes | None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    make_segments(shop, TABLES, NORMAL)
    make_predictions(shop, TABLES, [DECLARED], NORMAL)
    before = contents(shop)
    kept = "select model_name, content from increments.fitted_models"
    for name, content in shop.execute(kept).fetchall():
        shop.execute(
            "update increments.fitted_models set content = ? where model_name = ?",
            [damage(content), name],
        )
    assert make_segments(shop, TABLES, NORMAL).is_fitted
    assert make_predictions(shop, TABLES, [DECLARED], NORMAL).is_learned
    warned = [record for record in caplog.records if "cannot be read" in record.message]
    # The segments of each first of a month, and the prediction.
    assert len(warned) == 4
    assert contents(shop) == before
    assert not make_segments(shop, TABLES, NORMAL).is_fitted
    assert not make_predictions(shop, TABLES, [DECLARED], NORMAL).is_learned


def test_models_that_are_gone_are_forgotten(shop: Warehouse) -> None:
    make_segments(shop, TABLES, NORMAL)
    make_predictions(shop, TABLES, [DECLARED], NORMAL)
    kept = "select shop, model_name from increments.fitted_models order by all"
    before = shop.execute(kept).fetchall()
    shop.execute("""
        insert into increments.fitted_models
        select unnest(['s', 's', 't']), unnest(['gone', 'customer_segments_kmeans', 'repurchase']),
            '', ''::blob
    """)
    tidy_metrics(shop, TABLES, [DECLARED])
    assert shop.execute(kept).fetchall() == before
    tidy_metrics(shop, TABLES, [])
    assert "repurchase" not in {name for _, name in shop.execute(kept).fetchall()}


def test_a_fit_that_fails_leaves_what_was_there(shop: Warehouse) -> None:
    make_segments(shop, TABLES, NORMAL)
    make_predictions(shop, TABLES, [DECLARED], NORMAL)
    before = contents(shop)
    shop.execute("update features.customer_features set days_since_last_order = null")
    with pytest.raises(ValueError, match="NULL for customers with orders"):
        make_segments(shop, TABLES, NORMAL)
    assert contents(shop) == before


def test_whose_basket_nobody_knows_has_a_segment_all_the_same(shop: Warehouse) -> None:
    shop.execute("""
        update features.customer_features set average_order_value = null, total_spend = null
        where customer_id = (select min(customer_id) from features.customer_features
            where order_count > 0)
    """)
    make_segments(shop, TABLES, NORMAL)
    ordered = "select count(*) from features.customer_features where order_count > 0"
    segmented = "select count(*) from ml.customer_segments"
    assert shop.execute(segmented).fetchall() == shop.execute(ordered).fetchall()
