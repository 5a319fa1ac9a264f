"""When a product will be bought again."""

import numpy as np
import pytest

from ml.recommendation.questions import Question
from ml.recommendation.time_aware import Kernel, TimeAware
from tests.ml.recommendation import shop as shops
from tests.ml.recommendation.contract import RecommenderContract


def rhythms() -> list[tuple[str, str, float]]:
    """Sixty customers buy `monthly` every 30 days or so, and `any` at any time."""
    draw = np.random.default_rng(2)
    rows = []
    for customer in range(60):
        begin = 300 + int(draw.integers(0, 60))
        rows += [
            (f"c{customer:02}", "monthly", float(begin - 30 * k + draw.integers(-2, 3)))
            for k in range(9)
        ]
        rows += [(f"c{customer:02}", "any", float(age)) for age in draw.integers(0, 360, 9)]
    return rows


class TestTimeAware(RecommenderContract):
    make = TimeAware

    def test_each_product_s_rhythm_is_found(self) -> None:
        kernel = Kernel(*TimeAware().fit(shops.of(*rhythms())).kernel_)
        monthly, at_any_time = 1, 0
        assert kernel.period_days[monthly] == pytest.approx(30, abs=1.5)
        assert kernel.spread_days[monthly] < 6
        assert kernel.in_rhythm[monthly] > 0.6
        assert kernel.in_rhythm[at_any_time] < kernel.in_rhythm[monthly]

    def test_what_is_due_comes_before_what_has_just_been_bought(self) -> None:
        fitted = TimeAware(horizon_days=7, popularity=0).fit(shops.of(*rhythms()))
        asked = shops.of(("due", "monthly", 27.0), ("just", "monthly", 1.0), ("x", "any", 1.0))
        due, just, _ = fitted.scores(asked).toarray()[:, 1]
        assert due > 3 * just

    def test_a_score_is_the_children_that_are_to_come(self) -> None:
        shop = shops.of(("a", "x", 10.0), ("a", "x", 40.0))
        fitted = TimeAware(horizon_days=28, popularity=0).fit(shop)
        fitted.kernel_ = tuple(np.array([value]) for value in (0.5, 20.0, 0.0, 1.0, 1.0))
        expected = 0.5 * sum(np.exp(-age / 20) - np.exp(-(age + 28) / 20) for age in (10, 40))
        assert fitted.scores(shop).toarray()[0, 0] == pytest.approx(expected)

    def test_children_come_in_time_and_all_of_them_in_the_end(self) -> None:
        kernel = Kernel(*(np.array([value]) for value in (1.0, 10.0, 0.4, 30.0, 5.0)))
        days = np.array([0.0, 10.0, 30.0, 1e4])
        told = [float(kernel.until(each)[0]) for each in days]
        assert told[0] == 0
        assert told[1] == pytest.approx(0.6 * (1 - np.exp(-1)), abs=1e-3)
        assert told[3] == pytest.approx(1)

    def test_nothing_new_is_said(self) -> None:
        shop = shops.interactions()
        assert (TimeAware().fit(shop).recommend(shop, 3, Question.NEW).products == -1).all()
