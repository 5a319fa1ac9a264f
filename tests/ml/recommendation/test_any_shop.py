"""Whatever the shop, each method answers what is asked, and the same however its rows come."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.recommendation.interactions import COLUMNS, Interactions
from ml.recommendation.methods import METHODS
from ml.recommendation.questions import Question
from ml.recommendation.ranking import NONE, Ranking

LENGTH = 4

Rows = list[tuple[str, str, float, float, bool]]

# One customer or several, one product or several, all on one day or not, only looked at or bought:
# ids of two kinds, so that neither their order nor their spelling is that of the rows.
ROWS: st.SearchStrategy[Rows] = st.lists(
    st.tuples(
        st.sampled_from(["a", "é", "10", "9", "顾客"]),
        st.sampled_from(["x:1", "x:2", "x:10", "x:茶", "x:ink 'n", "x:6"]),
        st.sampled_from([0.5, 1.0, 8.0, 30.0, 400.0]),
        st.sampled_from([0.1, 1.0]),
        st.booleans(),
    ),
    min_size=1,
    max_size=25,
)


def shop_of(rows: Rows) -> Interactions:
    return Interactions.of(pd.DataFrame(rows, columns=list(COLUMNS)))


def answers(name: str, shop: Interactions) -> dict[Question, Ranking]:
    method = METHODS[name]
    recommender = method.build(**method.tried[0]).fit(shop)
    told = recommender.answers(shop, LENGTH, method.questions)
    for ranking in told.values():
        because, counts, _ = recommender.reasons(shop, ranking)
        assert because.shape == counts.shape == ranking.products.shape
        assert (counts >= 0).all()
    return told


@pytest.mark.parametrize("name", [name for name, one in METHODS.items() if one.library is None])
@settings(max_examples=40)
@given(rows=ROWS, data=st.data())
def test_what_is_asked_is_answered_however_rows_come(name: str, rows: Rows, data: Any) -> None:
    shop = shop_of(rows)
    bought = shop.purchases().toarray() > 0
    told = answers(name, shop)
    for question, (products, scores) in told.items():
        is_there = products != NONE
        assert np.isfinite(scores[is_there]).all() and np.isnan(scores[~is_there]).all()
        for row, own in enumerate(products):
            named = own[own != NONE]
            assert len(set(named)) == len(named)
            if question is not Question.ANYTHING:
                assert (bought[row, named] == (question is Question.AGAIN)).all()
    shuffled = answers(name, shop_of(data.draw(st.permutations(rows))))
    for question, (products, scores) in told.items():
        assert shuffled[question].products.tolist() == products.tolist()
        np.testing.assert_array_equal(shuffled[question].scores, scores)
