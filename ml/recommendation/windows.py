"""What was known, and what was bought next: histories cut so that recommenders can be tested.

At a day, as a shop that recommends on that day would see it; before the last basket of each
customer, as papers on next baskets do; and with given purchases held out, or the last product.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.recommendation.contest import Window
from ml.recommendation.interactions import Interactions


def before_days(everything: Interactions, days: float, so_many: float | None = None) -> Window:
    """Cut so many days before the end, with what was bought in the days from there on.

    Args:
        everything: all that happened.
        days: from the cut to the end.
        so_many: of these days the purchases count; all of them if None.
    """
    age = everything.age
    last = 0.0 if so_many is None else days - so_many
    return _window(everything, age > days, age - np.float32(days), (age <= days) & (age > last))


def before_last_basket(everything: Interactions, skipped: int = 0) -> Window:
    """Cut before the last basket of each customer who has another one before it.

    A basket is what a customer bought at one time. Ages count from the basket that is held out;
    customers without one keep all they did.

    Args:
        everything: all that happened.
        skipped: so many later baskets are left out altogether, and all that was done after.
    """
    starts = _baskets(everything)
    order = np.lexsort((starts.age, starts.customer))
    customer, age = starts.customer[order], starts.age[order]
    place = np.arange(len(order)) - np.searchsorted(customer, customer)
    count = np.bincount(customer, minlength=len(everything.customers))
    is_held_out = (place == skipped) & (count[customer] > skipped + 1)
    cut = np.full(len(everything.customers), -1.0, dtype=np.float32)
    cut[customer[is_held_out]] = age[is_held_out]
    own = cut[everything.customer]
    is_next = (everything.age == own) & everything.is_purchase
    return _window(everything, everything.age > own, everything.age - np.maximum(own, 0), is_next)


def held_out(everything: Interactions, is_next: NDArray[np.bool_]) -> Window:
    """With some entries held out, whenever they were.

    Args:
        everything: all that happened, the entries that are held out among it.
        is_next: shape (n,), what is held out.
    """
    return _window(everything, ~is_next, everything.age, is_next)


def without_last_product(everything: Interactions) -> Window:
    """With the product that each customer bought last held out, and all they did with it.

    Of products that were bought at one time the first by id; who bought nothing else keeps theirs.

    Args:
        everything: all that happened.
    """
    bought = everything.picked(everything.is_purchase, everything.age)
    pairs = bought.purchases()
    order = np.lexsort((bought.product, bought.age, bought.customer))
    _, first = np.unique(bought.customer[order], return_index=True)
    latest = order[first]
    latest = latest[np.diff(pairs.indptr)[bought.customer[latest]] > 1]
    last = np.full(len(everything.customers), -1, dtype=np.int32)
    last[bought.customer[latest]] = bought.product[latest]
    is_next = everything.product == last[everything.customer]
    return _window(everything, ~is_next, everything.age, is_next)


def _window(
    everything: Interactions,
    is_known: NDArray[np.bool_],
    age: NDArray[np.float32],
    is_next: NDArray[np.bool_],
) -> Window:
    """Of the customers of whom something is known."""
    learnt = everything.picked(is_known, age)
    known = np.unique(learnt.customer).astype(np.int32)
    kept = is_next & everything.is_purchase
    pairs = (everything.customer[kept], everything.product[kept])
    ones = np.ones(int(kept.sum()), dtype=np.float32)
    bought = sparse.coo_array((ones, pairs), shape=everything.shape).tocsr()
    return Window(learnt.of_customers(known), sparse.csr_array(bought[known]))


def _baskets(everything: Interactions) -> Interactions:
    """One entry a basket."""
    bought = everything.picked(everything.is_purchase, everything.age)
    is_first = np.ones(len(bought.customer), dtype=np.bool_)
    is_first[1:] = (np.diff(bought.customer) != 0) | (np.diff(bought.age) != 0)
    return bought.picked(is_first, bought.age)
