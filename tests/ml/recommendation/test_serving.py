"""Lists under rules, filled."""

import numpy as np
from scipy import sparse

from ml.recommendation.buy_again import BuyAgain
from ml.recommendation.item_neighbours import ItemNeighbours
from ml.recommendation.popularity import Popularity
from ml.recommendation.questions import Question
from ml.recommendation.serving import Lists, Rules, lists
from tests.ml.recommendation import shop as shops

ANA, BEN, CEM, DEE, EVE = range(5)
SHOP = shops.interactions()
POPULARITY = Popularity().fit(SHOP)


def told(made: Lists) -> list[list[str]]:
    return shops.named(made.ranking.products, SHOP)


def test_places_without_an_answer_hold_what_is_popular() -> None:
    made = lists(BuyAgain().fit(SHOP), POPULARITY, SHOP, Question.ANYTHING, 4)
    assert told(made)[ANA] == ["bread", "milk", "jam", "tea"]
    assert made.is_filled[ANA].tolist() == [False, False, True, True]
    assert told(made)[EVE] == ["bread", "jam", "milk", "tea"]


def test_what_is_new_is_filled_with_what_is_new() -> None:
    made = lists(BuyAgain().fit(SHOP), POPULARITY, SHOP, Question.NEW, 4)
    assert told(made)[ANA] == ["jam", "tea"]
    assert told(made)[BEN] == []


def test_what_is_bought_again_is_never_filled() -> None:
    made = lists(BuyAgain().fit(SHOP), POPULARITY, SHOP, Question.AGAIN, 4)
    assert told(made)[DEE] == ["tea"]
    assert told(made)[EVE] == []


def test_rules_take_out_and_what_is_next_moves_up() -> None:
    allowed = SHOP.products != "bread"
    refused = sparse.csr_array((np.ones(1), ([EVE], [1])), shape=SHOP.shape)
    made = lists(
        ItemNeighbours().fit(SHOP), POPULARITY, SHOP, Question.NEW, 2, Rules(allowed, refused)
    )
    assert told(made)[EVE] == ["milk", "tea"]
    assert told(made)[CEM] == ["milk", "tea"]


def test_a_category_has_so_many_places_of_a_list() -> None:
    category = np.array([0, 0, 0, -1, -1, -1], dtype=np.int32)
    rules = Rules(category=category, most_of_a_category=1)
    made = lists(POPULARITY, POPULARITY, SHOP, Question.ANYTHING, 4, rules)
    # Bread, jam and milk are of one category; what has none is never too many.
    assert told(made)[EVE] == ["bread", "tea"]


def test_what_is_the_same_to_people_is_there_once_and_not_if_it_was_bought() -> None:
    names = {"bread": 0, "tea": 0, "milk": 1, "jam": 1}
    alike = np.array([names.get(product, -1) for product in SHOP.products], dtype=np.int32)
    made = lists(POPULARITY, POPULARITY, SHOP, Question.NEW, 4, Rules(alike=alike))
    # Ana has bought both, Dee bread, and Eve neither.
    assert told(made)[ANA] == []
    assert told(made)[DEE] == ["jam"]
    assert told(made)[EVE] == ["bread", "jam"]


def test_lists_without_customers_are_empty() -> None:
    nobody = SHOP.of_customers(np.array([], dtype=np.int32))
    made = lists(BuyAgain().fit(SHOP), POPULARITY, nobody, Question.ANYTHING, 3)
    assert made.ranking.products.shape == (0, 3)
