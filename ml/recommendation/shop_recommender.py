"""A shop's recommenders: held against each other, the winners fitted, and what they tell."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml import layouts, schemas
from ml.recommendation import contest as contests
from ml.recommendation.contest import Contest, Entry, Verdict, Window
from ml.recommendation.interactions import Ids, Interactions
from ml.recommendation.item_neighbours import ItemNeighbours
from ml.recommendation.methods import BASELINES, METHODS
from ml.recommendation.metrics import Figure
from ml.recommendation.popularity import Popularity
from ml.recommendation.ranking import NONE
from ml.recommendation.recommender import Question, Recommender
from ml.recommendation.rule import RecommendationRule
from ml.recommendation.serving import Rules, lists

SLOTS: Mapping[str, Question] = {"buy_again": Question.AGAIN, "discover": Question.NEW}
"""What is published: a list of what the customer has bought before, and one of the rest."""

TARGETS = tuple(f"recommendation_{question}" for question in Question)
"""How the questions are called among the targets of model_metrics."""

SIMILAR_PRODUCTS = 20
"""So many are told of each product."""

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
        methods: The winner's name, by slot.
        version: Names it by what it says.
        metrics: What the contest found, rows of model_metrics.
    """

    catalogue: str
    recommenders: Mapping[str, Recommender]
    filler: Popularity
    neighbours: ItemNeighbours
    methods: Mapping[str, str]
    version: str
    metrics: Sequence[Mapping[str, Any]]

    @property
    def products(self) -> Ids:
        """The catalogue as an array, shape (n_products,)."""
        return np.array(json.loads(self.catalogue), dtype=object)


def fit_shop(
    learnt: Interactions,
    tuning: Window | None,
    test: Window | None,
    rule: RecommendationRule,
) -> ShopRecommender:
    """Holds the contest, and fits its winners to all that is known.

    Args:
        learnt: what customers did until the day of fitting.
        tuning: the days on which parameters are chosen.
        test: the days on which methods are compared.
        rule: who takes part.
    """
    held = contests.hold_contest(tuning, test, rule.methods, rule.most_customers)
    fitted: dict[tuple[str, str], Recommender] = {}
    recommenders, methods = {}, {}
    for slot, question in SLOTS.items():
        told = held.verdicts[question]
        key = told.method, str(told.parameters)
        if key not in fitted:
            fitted[key] = METHODS[told.method].build(**told.parameters).fit(learnt)
        recommenders[slot], methods[slot] = fitted[key], told.method
    filler = contests.fitted_filler(learnt)
    return ShopRecommender(
        json.dumps(learnt.products.tolist()),
        recommenders,
        filler,
        ItemNeighbours("jaccard", SIMILAR_PRODUCTS).fit(learnt),
        methods,
        _version(held, recommenders, filler, learnt),
        metric_rows(held),
    )


def recommendations(
    shop: ShopRecommender,
    histories: Interactions,
    rules: Mapping[str, Rules],
    list_length: int,
    as_of_date: pd.Timestamp,
) -> pd.DataFrame:
    """The lists of some customers.

    Args:
        shop: fitted.
        histories: what they did until `as_of_date`, in the catalogue of `shop`.
        rules: what is not recommended, by slot.
        list_length: products in a list.
        as_of_date: the day of the portraits.

    Returns:
        CUSTOMER_RECOMMENDATIONS, by customer, slot and rank.
    """
    told = []
    for slot, question in SLOTS.items():
        recommender = shop.recommenders[slot]
        made = lists(recommender, shop.filler, histories, question, list_length, rules[slot])
        because, counts = recommender.reasons(histories, made.ranking)
        _, popular = shop.filler.reasons(histories, made.ranking)
        row, place = np.nonzero(made.ranking.products != NONE)
        is_filled = made.is_filled[row, place]
        of_method = shop.methods[slot]
        told.append(
            pd.DataFrame(
                {
                    "customer_id": histories.customers[row],
                    "model_name": np.where(is_filled, BASELINES[question], of_method),
                    "slot": slot,
                    "rank": place + 1,
                    "product_id": histories.products[made.ranking.products[row, place]],
                    "score": made.ranking.scores[row, place],
                    "reason": np.where(is_filled, shop.filler.reason, recommender.reason),
                    "because_product_id": _names(
                        np.where(is_filled, NONE, because[row, place]), histories.products
                    ),
                    "reason_count": np.where(is_filled, popular[row, place], counts[row, place]),
                }
            )
        )
    table = pd.concat(told, ignore_index=True)
    order = ["customer_id", "slot", "rank"]
    return schemas.as_table(
        table.sort_values(order, kind="stable"),
        layouts.CUSTOMER_RECOMMENDATIONS,
        as_of_date=as_of_date,
        model_version=shop.version,
    )


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


def metric_rows(held: Contest) -> list[dict[str, Any]]:
    """The contest as rows of model_metrics, without days and version."""
    rows: list[dict[str, Any]] = []
    for question in Question:
        entries = held.entries.get(question, [])
        baseline = next((one for one in entries if one.method == BASELINES[question]), None)
        told = [row for entry in entries for row in _rows_of(entry, baseline)]
        told += _rows_of_verdict(held.verdicts[question], BASELINES[question])
        rows += [{**row, "target": f"recommendation_{question}"} for row in told]
    return rows


def metrics_table(
    shop: ShopRecommender, as_of_date: pd.Timestamp, evaluated_on: pd.Timestamp | None
) -> pd.DataFrame:
    """What the contest found, laid out as model_metrics."""
    return schemas.as_table(
        shop.metrics,
        layouts.MODEL_METRICS,
        as_of_date=as_of_date,
        model_version=shop.version,
        evaluated_on=evaluated_on,
    )


def _rows_of(entry: Entry, baseline: Entry | None) -> Sequence[dict[str, Any]]:
    note = ", ".join(f"{name} {value}" for name, value in entry.parameters.items())
    of_baseline = baseline.figures if baseline else {}
    lists_of_baseline = baseline.of_lists if baseline else {}
    told = [
        {
            "metric": name,
            **_told(figure),
            "baseline_value": of_baseline[name].value if name in of_baseline else None,
        }
        for name, figure in entry.figures.items()
    ]
    told += [
        {
            "metric": name,
            "value": value,
            "baseline_value": lists_of_baseline.get(name),
            "customer_count": len(entry.by_customer),
        }
        for name, value in entry.of_lists.items()
    ]
    return [{**row, "model_name": entry.method, "note": note} for row in told]


def _rows_of_verdict(verdict: Verdict, baseline: str) -> list[dict[str, Any]]:
    """Which method is served, with what it gains over the baseline."""
    rows: list[dict[str, Any]] = [
        {"metric": "status", "value": float(verdict.method != baseline), "customer_count": 0}
    ]
    if verdict.gain:
        rows.append({"metric": "ndcg_gain_at_10", **_told(verdict.gain), "baseline_value": 0.0})
    return [{**row, "model_name": verdict.method, "note": verdict.reason} for row in rows]


def _told(figure: Figure) -> dict[str, Any]:
    return {
        "value": figure.value,
        "lower_bound": figure.lower,
        "upper_bound": figure.upper,
        "customer_count": figure.customers,
    }


def _version(
    held: Contest, recommenders: Mapping[str, Recommender], filler: Popularity, learnt: Interactions
) -> str:
    some = np.arange(min(_FINGERPRINT_CUSTOMERS, len(learnt.customers)), dtype=np.int32)
    histories = learnt.of_customers(some)
    told: list[Any] = []
    for slot, question in SLOTS.items():
        ranking = lists(recommenders[slot], filler, histories, question, 10).ranking
        told += [held.verdicts[question].method, *learnt.products[ranking.products].ravel()]
    return schemas.version_of(told)
