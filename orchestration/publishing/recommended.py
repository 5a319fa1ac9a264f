"""What the published snapshot recommends: to a customer, and beside a basket."""

from collections.abc import Sequence
from typing import Any

from ml.recommendation.questions import SLOTS, TARGETS, TITLES_OF_TARGETS, Level
from orchestration.errors import PortraitError
from orchestration.publishing.reading import Row, Snapshot

SLOT_TITLES = {"buy_again": "Buy again", "discover": "Discover"}
"""What people call the lists."""
CATEGORY_TITLES = {"buy_again": "Categories to buy again", "discover": "Categories to discover"}
"""What people call those of categories."""

# Of these there are lists.
_SHOWN_TARGETS = {TARGETS[level][question] for level in Level for question in SLOTS.values()}
_SHOWN_IDS = 5
_SHOWN = 3

_RECOMMENDED = """
    select slot, rank, product_id, product_name, category, reason, reason_zh, model_name, score,
        because_product_id
    from customer_recommendations
    where customer_id = ? and list_contains(?, slot)
    order by slot, rank
"""
_NEXT_CATEGORIES = """
    select slot, rank, category, reason, reason_zh, model_name, score, because_category
    from customer_next_categories
    where customer_id = ? and list_contains(?, slot)
    order by slot, rank
"""
_CHOSEN = """
    with chosen as (
        select shop, target, model_name, note, value = 1 as is_sure from model_metrics
        where metric = 'status' and list_contains($1, target) and shop = coalesce($2, shop)
    )
    select chosen.shop, chosen.target, chosen.model_name, chosen.note, chosen.is_sure, tested.value,
        tested.lower_bound, tested.upper_bound, tested.baseline_value, tested.customer_count,
        tested.evaluated_on
    from chosen
    left join model_metrics as tested
        on chosen.shop = tested.shop and chosen.target = tested.target
            and chosen.model_name = tested.model_name and tested.metric = 'ndcg_at_10'
    order by chosen.shop, chosen.target
"""
_NAMED = """
    with known as (
        select product_id, any_value(product_name) as product_name from (
            select product_id, product_name from similar_products
            union all
            select similar_product_id, similar_product_name from similar_products
        )
        group by product_id
    )
    select product_id, product_name, product_id = $1 as is_exact
    from known
    where product_id = $1 or suffix(product_id, ':' || $1) or lower(product_name) = lower($1)
    order by not is_exact, product_id
"""
_NEAR = f"""
    select any_value(product_id) as product_id, product_name from similar_products
    where product_name is not null
    group by product_name
    order by not contains(lower(product_name), lower($1)), least(
        levenshtein(lower(product_name), lower($1)), levenshtein(any_value(product_id), $1)
    ), product_name
    limit {_SHOWN_IDS}
"""
_BESIDE = """
    with added as (
        select similar_product_id as product_id, similar_product_name as product_name,
            product_id as because_product_id, coalesce(product_name, product_id) as because,
            similarity
        from similar_products
        where list_contains($1, product_id) and is_recommendable
            and not list_contains($1, similar_product_id)
    )
    select row_number() over (order by sum(similarity) desc, product_id) as rank, product_id,
        any_value(product_name) as product_name, sum(similarity) as score,
        arg_max(because_product_id, (similarity, because_product_id)) as because_product_id,
        'bought by people who bought ' || arg_max(because, (similarity, because_product_id))
            as reason
    from added
    group by product_id
    order by rank
    limit $2
"""


def recommended(
    snapshot: Snapshot, customer_id: str, slots: Sequence[str] = tuple(SLOT_TITLES)
) -> list[Row]:
    """The recommendations of a customer, by slot and rank; none in a snapshot of older code."""
    if not snapshot.has("customer_recommendations"):
        return []
    return snapshot.rows(_RECOMMENDED, customer_id, list(slots))


def next_categories(
    snapshot: Snapshot, customer_id: str, slots: Sequence[str] = tuple(SLOT_TITLES)
) -> list[Row]:
    """The categories a customer may buy of next, by slot and rank; none of older code."""
    if not snapshot.has("customer_next_categories"):
        return []
    return snapshot.rows(_NEXT_CATEGORIES, customer_id, list(slots))


def chosen_methods(snapshot: Snapshot, shop: str | None = None) -> list[Row]:
    """By which method each question is answered in a shop, or in each, why, and how it was tested.

    Nothing in a snapshot of older code.
    """
    if not snapshot.has("model_metrics"):
        return []
    return snapshot.rows(_CHOSEN, list(TITLES_OF_TARGETS), shop)


def beside(snapshot: Snapshot, basket: Sequence[str], count: int) -> list[Row]:
    """What is bought by the customers who buy what is in a basket, the likest first.

    Args:
        snapshot: The published snapshot.
        basket: Products, each by its product_id, the source's own id of it or its name; several
            with commas between them.
        count: How many are told at most.

    Returns:
        rank, product_id, product_name, score, because_product_id and reason.

    Raises:
        PortraitError: The basket is empty, or a product is unknown or could be several.
    """
    if not snapshot.has("similar_products"):
        raise PortraitError(
            "The snapshot does not say which products are alike.", "Make it anew: portrait run"
        )
    products = {product for told in basket for product in _products(snapshot, told)}
    if not products:
        raise PortraitError("The basket is empty.", "Name products: --basket A,B")
    return snapshot.rows(_BESIDE, sorted(products), count)


def _products(snapshot: Snapshot, told: str) -> list[str]:
    """The products of a text: of one whose name has commas, or of several."""
    if "," in told and snapshot.rows(_NAMED, told.strip()):
        return [_product(snapshot, told.strip())]
    return [_product(snapshot, part.strip()) for part in told.split(",") if part.strip()]


def _product(snapshot: Snapshot, told: str) -> str:
    found = snapshot.rows(_NAMED, told)
    if found and (len(found) == 1 or found[0]["is_exact"]):
        return str(found[0]["product_id"])
    if found:
        ids = ", ".join(str(row["product_id"]) for row in found[:_SHOWN_IDS])
        raise PortraitError(f"Several products are called {told}.", f"Name one of {ids}.")
    near = ", ".join(
        f"{row['product_name']} ({row['product_id']})" for row in snapshot.rows(_NEAR, told)
    )
    raise PortraitError(
        f"Nothing is known of a product {told}: there is none, or too few bought it.",
        f"Products that look like it: {near or 'none'}.",
    )


def name_of(row: Row) -> str:
    """What people call what is recommended: a product by its name or else its id, a category."""
    return str(row["product_name"] or row["product_id"] if "product_id" in row else row["category"])


def recommended_text(products: Sequence[Row], categories: Sequence[Row] = ()) -> str:
    """The first of each slot with their reasons, as sentences; empty without any."""
    sentences = []
    for titles, rows in ((SLOT_TITLES, products), (CATEGORY_TITLES, categories)):
        for slot, title in titles.items():
            told = [f"{name_of(row)} ({row['reason']})" for row in rows if row["slot"] == slot]
            if told:
                sentences.append(f"{title}: {'; '.join(told[:_SHOWN])}.")
    return " ".join(sentences)


def doubts_text(chosen: Sequence[Row]) -> str:
    """What is recommended by a rule of thumb, and why, in a sentence; empty where nothing is.

    Args:
        chosen: `chosen_methods` of a shop.
    """
    unsure: dict[str, list[str]] = {}
    for row in chosen:
        if row["target"] in _SHOWN_TARGETS and not row["is_sure"]:
            why = str(row["note"]).removeprefix("the baseline: ")
            unsure.setdefault(why, []).append(TITLES_OF_TARGETS[str(row["target"])].lower())
    told = "; ".join(f"{', '.join(titles)} ({why})" for why, titles in unsure.items())
    return f"Told by a rule of thumb: {told}." if told else ""


def chosen_text(chosen: Row) -> str:
    """How a question is answered in a shop, in one line."""
    tested = ""
    if chosen["value"] is not None:
        tested = (
            f"nDCG@10 {chosen['value']:.3f} (95 % {chosen['lower_bound']:.3f}–"
            f"{chosen['upper_bound']:.3f}), baseline {chosen['baseline_value']:.3f}, of "
            f"{chosen['customer_count']:,} customers from {chosen['evaluated_on']} on: "
        )
    title = TITLES_OF_TARGETS[str(chosen["target"])]
    return f"{title}: {tested}{_plain(chosen['model_name'])} ({chosen['note']})"


def _plain(method: Any) -> str:
    return str(method).replace("_", " ")
