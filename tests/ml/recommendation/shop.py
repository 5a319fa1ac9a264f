"""A shop of five customers and six products, small enough to know the answers by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd

from ml.recommendation.interactions import Interactions

# Customer, product, days ago. Ben's tea is the latest, all of Cem's was long ago.
PURCHASES = [
    *[("ana", "bread", age) for age in (1, 8, 15)],
    ("ana", "milk", 8),
    *[("ben", "bread", age) for age in (2, 30)],
    *[("ben", "jam", 30), ("ben", "milk", 30), ("ben", "tea", 2)],
    *[("cem", "bread", 90), ("cem", "jam", 90)],
    ("dee", "tea", 5),
]
# Looked at, never bought.
VIEWS = [("eve", "jam", 3)]


def interactions() -> Interactions:
    """All of it; eve has bought nothing, and nobody has bought or seen the pen."""
    rows = [(*row, 1.0, True) for row in PURCHASES] + [(*row, 0.1, False) for row in VIEWS]
    columns = ["customer_id", "product_id", "age_days", "weight", "is_purchase"]
    shop = Interactions.of(pd.DataFrame(rows, columns=columns))
    products = np.array(["bread", "jam", "milk", "pen", "salt", "tea"], dtype=object)
    place = np.searchsorted(products.astype(str), shop.products.astype(str)).astype(np.int32)
    return replace(shop, products=products, product=place[shop.product])


def of(*rows: tuple[str, str, float]) -> Interactions:
    """Purchases of (customer, product, days ago), in a catalogue of what was bought."""
    frame = pd.DataFrame(rows, columns=["customer_id", "product_id", "age_days"])
    return Interactions.of(frame.assign(weight=1.0, is_purchase=True))


def named(products: np.ndarray, shop: Interactions) -> list[list[str]]:
    """Positions of each row as names, without places that are not filled."""
    return [[shop.products[place] for place in row if place >= 0] for row in products]
