"""What is kept of one shop's segments and predictions says nothing of another's."""

import pytest

from orchestration.modelling.predictions import make_predictions
from orchestration.modelling.segments import make_segments
from tests.orchestration.modelled_shop import (
    DECLARED,
    FORCED,
    NORMAL,
    TABLES,
    Warehouse,
    contents,
    make_features,
)


@pytest.fixture
def shop(warehouse: Warehouse) -> Warehouse:
    make_features(warehouse)
    return warehouse


# Another shop: fewer customers, who buy otherwise; its current day is a past one of the first.
OTHER_SHOP = """
    insert into features.as_of_dates
    select 't', as_of_date, as_of_date = '2024-04-01'
    from features.as_of_dates where not is_current;
    insert into features.customer_features by name
    select * replace (
        't' as shop, 'd' || customer_id as customer_id, order_count * 7 as order_count
    )
    from features.customer_features
    where hash(customer_id) % 3 > 0 and as_of_date <= '2024-04-01';
    insert into features.training_labels
    select 't', 'd' || customer_id, as_of_date, horizon_days, 1 - order_day_count
    from features.training_labels where hash(customer_id) % 3 > 0
"""


def test_a_shop_is_beside_another_what_it_is_alone(shop: Warehouse) -> None:
    def make() -> tuple[int, bool]:
        segments = make_segments(shop, TABLES, NORMAL)
        predictions = make_predictions(shop, TABLES, [DECLARED], NORMAL)
        return segments.days, segments.is_fitted or predictions.is_learned

    make()
    alone = contents(shop)
    shop.execute(OTHER_SHOP)
    assert make() == (3, True)
    beside = contents(shop)
    for name, rows in alone.items():
        assert [row for row in beside[name] if row[0] == "s"] == rows
        # A rule of thumb, which serves best in t, has no reasons.
        assert any(row[0] == "t" for row in beside[name]) == (name != "prediction_reasons")
    assert make() == (0, False)
    for table in ("as_of_dates", "customer_features", "training_labels"):
        shop.execute(f"delete from features.{table} where shop = 's'")
    assert make() == (0, False)
    other = [row for row in beside["customer_segments"] if row[0] == "t"]
    assert contents(shop)["customer_segments"] == other
    make_segments(shop, TABLES, FORCED)
    make_predictions(shop, TABLES, [DECLARED], FORCED)
    assert contents(shop)["customer_predictions"] == [
        row for row in beside["customer_predictions"] if row[0] == "t"
    ]


def test_days_of_shops_that_are_alike_are_kept(shop: Warehouse) -> None:
    """Customers who buy alike make segments of one version."""
    shop.execute("""
        insert into features.as_of_dates select * replace ('t' as shop) from features.as_of_dates;
        insert into features.customer_features
        select * replace ('t' as shop, 'd' || customer_id as customer_id)
        from features.customer_features
    """)
    made = make_segments(shop, TABLES, NORMAL)
    assert (made.days, made.metrics["model_version"].nunique()) == (8, 1)
    assert make_segments(shop, TABLES, NORMAL).days == 0
