"""One measured method: `python -m bench.recommendations_once METHOD PURCHASES OUT`.

It reads purchases from a file of numpy (customer, product, age), learns from them and lists the ten
best products of everybody: of what they bought where the method answers that alone, else of what
they never did. Seconds of CPU of each part are left in OUT.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
from scipy import sparse

from bench.recommendations import PEER
from ml.recommendation.interactions import Interactions
from ml.recommendation.methods import METHODS
from ml.recommendation.questions import Question

_LIST = 10
# So many customers are asked about at once, as a day's run does.
_CUSTOMERS = 50_000


def main(method: str, purchases: Path, out: Path) -> None:
    """Does it and writes the seconds."""
    moments = [time.process_time()]
    everybody = _read(purchases)
    moments.append(time.process_time())
    (_by_peer if method == PEER else _by_method)(method, everybody, moments)
    names = ("read", "learn", "list")
    seconds = dict(zip(names, np.diff(moments).tolist(), strict=True))
    out.write_text(json.dumps(seconds))


def _read(purchases: Path) -> Interactions:
    columns = np.load(purchases)
    customer, product = columns["customer"], columns["product"]
    customers, products = (
        np.array([f"{letter}{place:08}" for place in range(int(codes.max()) + 1)], dtype=object)
        for letter, codes in (("c", customer), ("p", product))
    )
    return Interactions(
        customers,
        products,
        customer,
        product,
        columns["age"],
        weight=np.ones(len(customer), dtype=np.float32),
        is_purchase=np.ones(len(customer), dtype=np.bool_),
    )


def _by_method(method: str, everybody: Interactions, moments: list[float]) -> None:
    known = METHODS[method]
    question = Question.NEW if Question.NEW in known.questions else Question.AGAIN
    recommender = known.build(**known.tried[0]).fit(everybody)
    moments.append(time.process_time())
    for begin in range(0, everybody.shape[0], _CUSTOMERS):
        some = np.arange(begin, min(begin + _CUSTOMERS, everybody.shape[0]), dtype=np.int32)
        recommender.recommend(everybody.of_customers(some), _LIST, question)
    moments.append(time.process_time())


def _by_peer(_: str, everybody: Interactions, moments: list[float]) -> None:
    from implicit.nearest_neighbours import BM25Recommender

    weights = sparse.csr_matrix(everybody.weights())
    peer = BM25Recommender(K=100, num_threads=1)
    peer.fit(weights, show_progress=False)
    moments.append(time.process_time())
    for begin in range(0, everybody.shape[0], _CUSTOMERS):
        some = np.arange(begin, min(begin + _CUSTOMERS, everybody.shape[0]))
        peer.recommend(some, weights[some], N=_LIST)
    moments.append(time.process_time())


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
