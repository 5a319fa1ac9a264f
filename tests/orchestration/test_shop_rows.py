"""From whom a shop's recommendations are learned, where there are many."""

import numpy as np
import pytest

from orchestration.modelling import shop_rows
from orchestration.modelling.interactions import days_of
from orchestration.modelling.kept_models import Maker
from orchestration.modelling.recommendations import make_recommendations
from orchestration.modelling.shop_rows import ShopRows
from tests.orchestration.recommending_shop import RULES, TABLES, Warehouse, lists, make_shops


def test_of_many_rows_those_of_some_customers_teach_and_everybody_has_lists(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_shops(warehouse)
    days = days_of(warehouse, "large")
    assert days is not None
    everybody = ShopRows.of(warehouse, "large", days, RULES).learnt
    monkeypatch.setattr(shop_rows, "LEARNT_ROWS", len(everybody.customer) // 2)
    drawn = ShopRows.of(warehouse, "large", days, RULES)
    assert 0.35 < len(drawn.learnt.customer) / len(everybody.customer) < 0.65
    # All rows of each who is drawn, and the same people on earlier days.
    place = np.searchsorted(everybody.customers, drawn.learnt.customers)
    assert everybody.of_customers(place).purchases().sum() == drawn.learnt.purchases().sum()
    for window in drawn.windows:
        assert window is not None
        assert set(window.learnt.customers) <= set(drawn.learnt.customers)
    make_recommendations(warehouse, TABLES, Maker("code"), RULES)
    others = set(everybody.customers) - set(drawn.learnt.customers) - {"visitor"}
    assert others
    for customer in others:
        assert len(lists(warehouse, customer, "discover")) == 3
