"""Metrics of recommendations, against figures by hand."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.metrics import ndcg_score

from ml.recommendation import metrics
from ml.recommendation.ranking import NONE, Ranking, top


def ranking(*rows: list[int], n: int = 20) -> Ranking:
    products = np.full((len(rows), n), NONE, dtype=np.int32)
    for place, row in enumerate(rows):
        products[place, : len(row)] = row
    return Ranking(products, np.zeros(products.shape, dtype=np.float32))


def bought(*rows: list[int], products: int = 40) -> sparse.csr_array:
    pairs = [(row, product) for row, told in enumerate(rows) for product in told]
    where = np.array(pairs, dtype=int).reshape(-1, 2).T
    return sparse.csr_array((np.ones(where.shape[1]), where), shape=(len(rows), products))


def test_a_list_is_measured_by_its_hits_and_their_places() -> None:
    told = metrics.by_customer(ranking([3, 1, 2]), bought([1, 2, 9, 8]))
    # Hits on places 2 and 3, of four things bought.
    assert told["recall_at_10"].tolist() == [2 / 4]
    assert told["precision_at_10"].tolist() == [2 / 10]
    assert told["hit_rate_at_10"].tolist() == [1]
    assert told["map_at_10"][0] == pytest.approx((1 / 2 + 2 / 3) / 4)
    ideal = sum(1 / np.log2(place + 1) for place in (1, 2, 3, 4))
    assert told["ndcg_at_10"][0] == pytest.approx((1 / np.log2(3) + 1 / np.log2(4)) / ideal)


def test_recall_is_of_what_so_many_places_can_hold() -> None:
    """Ten hits of thirty bought fill ten places: more cannot be hit."""
    told = metrics.by_customer(
        ranking(list(range(20))), bought(list(range(10)) + list(range(20, 40)))
    )
    assert told["recall_at_10"].tolist() == [1]
    assert told["recall_at_20"].tolist() == [10 / 20]


def test_ndcg_is_that_of_scikit_learn() -> None:
    draw = np.random.default_rng(3)
    scores = draw.permuted(np.tile(np.arange(40.0), (25, 1)), axis=1)
    truth = (draw.random((25, 40)) < 0.2).astype(float)
    told = metrics.by_customer(top(scores.astype(np.float32), 20), sparse.csr_array(truth))
    for k in (10, 20):
        expected = [
            ndcg_score(truth[[row]], scores[[row]], k=k) for row in range(25) if truth[row].any()
        ]
        assert told[f"ndcg_at_{k}"][truth.any(axis=1)] == pytest.approx(expected)


def test_who_bought_nothing_is_no_customer_of_the_mean() -> None:
    told = metrics.by_customer(ranking([1], [1]), bought([1], []))
    figure = metrics.figures(told)["recall_at_10"]
    assert figure == (1.0, 1.0, 1.0, 1)


def test_nobody_is_told_of_without_figures() -> None:
    told = metrics.by_customer(ranking([1]), bought([]))
    figure = metrics.figures(told)["recall_at_10"]
    assert np.isnan(figure[:3]).all()
    assert figure.customers == 0


def test_an_interval_holds_the_mean_and_narrows_with_customers() -> None:
    few, many = (np.arange(n) % 2 / 1.0 for n in (20, 2000))
    widths = []
    for values in (few, many):
        figure = metrics.figures({"recall_at_10": values})["recall_at_10"]
        assert figure.lower < figure.value == 0.5 < figure.upper
        widths.append(figure.upper - figure.lower)
    assert widths[1] < widths[0] / 5


def test_lists_are_told_by_how_much_of_the_catalogue_they_show() -> None:
    # Six purchases by four customers: product 0 of three, 1 of two, 2 of one; 3 of nobody.
    purchases = bought([0, 1], [0, 1], [0], [2], products=4)
    told = metrics.of_lists(ranking([0, 2], [0]), purchases)
    assert told["coverage_at_10"] == pytest.approx(2 / 3)
    assert told["popular_share_at_10"] == pytest.approx(2 / 3)
    assert told["novelty_at_10"] == pytest.approx((2 * -np.log2(3 / 4) - np.log2(1 / 4)) / 3)


def test_what_nobody_bought_covers_nothing_of_what_was_bought() -> None:
    purchases = bought([0], [1], products=4)
    told = metrics.of_lists(ranking([0, 2, 3], [3]), purchases)
    assert told["coverage_at_10"] == pytest.approx(1 / 2)


def test_no_lists_are_like_nothing() -> None:
    assert np.isnan(list(metrics.of_lists(ranking([]), bought([1])).values())).all()


def test_what_was_bought_is_parted_by_whether_it_had_been_before() -> None:
    after, before = bought([1, 2, 3], [4]), bought([2], [])
    again = metrics.asked(after, before, is_again=True)
    new = metrics.asked(after, before, is_again=False)
    assert again.toarray().nonzero()[1].tolist() == [2]
    assert new.toarray().nonzero()[1].tolist() == [1, 3, 4]
