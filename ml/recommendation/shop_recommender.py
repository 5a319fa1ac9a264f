"""A shop's recommenders: the winners of its contest fitted, and what they tell."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml import layouts, schemas
from ml.recommendation.choice import Choice
from ml.recommendation.contest import fitted_filler
from ml.recommendation.interactions import Ids, Interactions
from ml.recommendation.item_neighbours import ItemNeighbours
from ml.recommendation.methods import FILLER, METHODS
from ml.recommendation.popularity import Popularity
from ml.recommendation.questions import SLOTS, Level
from ml.recommendation.ranking import NONE
from ml.recommendation.recommender import Recommender
from ml.recommendation.rule import RecommendationRule
from ml.recommendation.serving import Rules, lists

SIMILAR_PRODUCTS = 20
"""So many are told of each product."""

OR_SEEN = {"bought_with": "goes_with", "similar_customers": "similar_customers_or_seen"}
"""In place of reasons that say of things that they were bought, where they may only be seen."""

# What is recommended is called a product wherever the methods work; not where people read.
_LAYOUTS: Mapping[Level, tuple[layouts.Schema, Mapping[str, str]]] = {
    Level.PRODUCT: (layouts.CUSTOMER_RECOMMENDATIONS, {}),
    Level.CATEGORY: (
        layouts.CUSTOMER_NEXT_CATEGORIES,
        {"product_id": "category", "because_product_id": "because_category"},
    ),
}

# A version is told by what so many of the first customers would be recommended.
_FINGERPRINT_CUSTOMERS = 256


@dataclass(frozen=True)
class ShopRecommender:
    """What is kept of a shop.

    Attributes:
        catalogue: The ids of the products it was fitted to, ascending, as a list in JSON: an array
            of texts would be kept one by one.
        recommenders: The winner of each slot, fitted.
        filler: Fills the places about which a winner says nothing.
        neighbours: Which products the same customers buy, whoever won.
        is_of_purchases: Whether all that was learnt from was bought, and nothing only looked at.
        methods: The winner's name, by slot.
        version: Names it by what it says.
    """

    catalogue: str
    recommenders: Mapping[str, Recommender]
    filler: Popularity
    neighbours: ItemNeighbours
    is_of_purchases: bool
    methods: Mapping[str, str]
    version: str

    @property
    def products(self) -> Ids:
        """The catalogue as an array, shape (n_products,)."""
        return np.array(json.loads(self.catalogue), dtype=object)


def fit_shop(learnt: Interactions, choice: Choice) -> ShopRecommender:
    """Fits the methods that were chosen.

    Args:
        learnt: what customers did until the day of fitting, in the catalogue of today.
        choice: what the contest decided.
    """
    fitted: dict[tuple[str, str], Recommender] = {}
    recommenders = {}
    for slot, method in choice.methods.items():
        parameters = choice.parameters[slot]
        key = method, str(parameters)
        if key not in fitted:
            fitted[key] = METHODS[method].build(**parameters).fit(learnt)
        recommenders[slot] = fitted[key]
    filler = fitted_filler(learnt)
    return ShopRecommender(
        json.dumps(learnt.products.tolist()),
        recommenders,
        filler,
        ItemNeighbours("jaccard", SIMILAR_PRODUCTS).fit(
            learnt.picked(learnt.is_purchase, learnt.age)
        ),
        bool(learnt.is_purchase.all()),
        choice.methods,
        _version(choice.methods, recommenders, filler, learnt),
    )


def recommendations(
    shop: ShopRecommender,
    histories: Interactions,
    rules: Mapping[str, Rules],
    rule: RecommendationRule,
    as_of_date: pd.Timestamp,
) -> pd.DataFrame:
    """The lists of some customers.

    Args:
        shop: fitted.
        histories: what they did until `as_of_date`, in the catalogue of `shop`.
        rules: what is not recommended, by slot.
        rule: how long lists are, and of what.
        as_of_date: the day of the portraits.

    Returns:
        CUSTOMER_RECOMMENDATIONS, or CUSTOMER_NEXT_CATEGORIES, by customer, slot and rank.
    """
    told = []
    for slot, question in SLOTS.items():
        recommender = shop.recommenders[slot]
        made = lists(recommender, shop.filler, histories, question, rule.list_length, rules[slot])
        because, counts, kinds = recommender.reasons(histories, made.ranking)
        popular = shop.filler.reasons(histories, made.ranking).counts
        row, place = np.nonzero(made.ranking.products != NONE)
        is_filled = made.is_filled[row, place]
        kind = np.array(recommender.reason) if kinds is None else kinds[row, place]
        kind = kind if shop.is_of_purchases else _or_seen(kind)
        of_method = shop.methods[slot]
        told.append(
            pd.DataFrame(
                {
                    "customer_id": histories.customers[row],
                    "model_name": np.where(is_filled, FILLER, of_method),
                    "slot": slot,
                    "rank": place + 1,
                    "product_id": histories.products[made.ranking.products[row, place]],
                    "score": made.ranking.scores[row, place],
                    "reason": np.where(is_filled, shop.filler.reason, kind),
                    "because_product_id": _names(
                        np.where(is_filled, NONE, because[row, place]), histories.products
                    ),
                    "reason_count": np.where(is_filled, popular[row, place], counts[row, place]),
                }
            )
        )
    table = pd.concat(told, ignore_index=True)
    order = ["customer_id", "slot", "rank"]
    layout, names = _LAYOUTS[rule.level]
    return schemas.as_table(
        table.sort_values(order, kind="stable").rename(columns=names),
        layout,
        as_of_date=as_of_date,
        model_version=shop.version,
    )


def _or_seen(kind: NDArray[np.object_]) -> NDArray[np.object_]:
    """Kinds of reasons that do not say of things that they were bought."""
    for bought, seen in OR_SEEN.items():
        kind = np.where(kind == bought, seen, kind)
    return kind


def similar_products(shop: ShopRecommender, as_of_date: pd.Timestamp) -> pd.DataFrame:
    """The products that the same customers buy, of each.

    Returns:
        SIMILAR_PRODUCTS, by product and rank.
    """
    products = shop.products
    everything = np.arange(len(products), dtype=np.int32)
    ranking = shop.neighbours.similar_items(everything, SIMILAR_PRODUCTS)
    row, place = np.nonzero(ranking.products != NONE)
    return schemas.as_table(
        {
            "product_id": products[row],
            "rank": place + 1,
            "similar_product_id": products[ranking.products[row, place]],
            "similarity": ranking.scores[row, place],
        },
        layouts.SIMILAR_PRODUCTS,
        as_of_date=as_of_date,
        model_name="item_neighbours",
        model_version=shop.version,
    )


def _names(positions: NDArray[np.int32], products: Ids) -> list[str | None]:
    return [None if place == NONE else products[place] for place in positions]


def _version(
    methods: Mapping[str, str],
    recommenders: Mapping[str, Recommender],
    filler: Popularity,
    learnt: Interactions,
) -> str:
    some = np.arange(min(_FINGERPRINT_CUSTOMERS, len(learnt.customers)), dtype=np.int32)
    histories = learnt.of_customers(some)
    told: list[Any] = []
    for slot, question in SLOTS.items():
        ranking = lists(recommenders[slot], filler, histories, question, 10).ranking
        told += [methods[slot], *_names(ranking.products.ravel(), learnt.products)]
    return schemas.version_of(told)
