"""Who is like a list of customers: what is published of them, ranked by `ml.recommendation`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from ml.recommendation.lookalikes import LEAST_MEMBERS, Lookalikes, find_lookalikes
from ml.recommendation.traits import LEAST_CUSTOMERS, Likings, Trait, traits_of
from orchestration.errors import PortraitError
from orchestration.publishing.customer_list import CustomerList
from orchestration.publishing.reading import Row, Snapshot
from orchestration.quoting import identifier

# Of customer_profiles, without scores that are cut from the same numbers and without what a model
# says. Words are tags of the catalogue, but for what it calls personal (age, gender, income,
# household): nobody is chosen by what they are.
_NUMBERS = (
    *("days_since_first_order", "days_since_last_order", "order_count", "order_day_count"),
    *("order_count_last_90_days", "total_spend", "total_spend_last_30_days"),
    *("total_spend_last_90_days", "total_spend_previous_90_days", "average_order_value"),
    *("max_order_day_spend", "mean_days_between_orders", "lines_per_order", "discount_amount"),
    *("discount_share", "coupon_amount", "returned_amount", "return_share"),
    *("weekend_order_share", "channel_count", "store_count", "category_count", "brand_count"),
    *("campaign_contact_count", "campaign_response_count", "coupon_redemption_count"),
    *("session_count", "review_count", "average_rating"),
)
_SPEND = "total_spend"
# The most bought; with as many again lists of docs/lookalikes.md were found no better.
_MOST_PRODUCTS = 2_000


@dataclass(frozen=True)
class Found:
    """What is told of a list.

    Attributes:
        shop: Whose customers they are.
        as_of_date: The day of the portraits.
        list_count: Customers in the list.
        others_count: The shop's others with orders or a profile.
        customer_ids: Of the lookalikes, the likest first.
        lookalikes: The rest of what is known of them.
    """

    shop: str
    as_of_date: date
    list_count: int
    others_count: int
    customer_ids: tuple[str, ...]
    lookalikes: Lookalikes

    @property
    def is_told_apart(self) -> bool:
        """Whether hidden members are found better than by chance, and than by spend."""
        quality, baseline = self.lookalikes.quality, self.lookalikes.baseline
        return quality.lower > 0.5 and quality.auc > baseline.auc

    def as_json(self) -> Row:
        """The same as plain mappings."""
        found = self.lookalikes
        return {
            "shop": self.shop,
            "as_of_date": self.as_of_date,
            "list_count": self.list_count,
            "others_count": self.others_count,
            "is_told_apart": self.is_told_apart,
            "quality": found.quality._asdict(),
            "baseline": found.baseline._asdict(),
            "traits": [
                {"trait": in_words(told.trait), "list": told.in_list, "others": told.in_rest}
                for told in found.traits
            ],
            "lookalikes": [
                {
                    "rank": rank,
                    "customer_id": customer,
                    "likeness": round(float(found.likeness[rank - 1]), 6),
                    "because": [in_words(trait) for trait in found.reasons[rank - 1]],
                }
                for rank, customer in enumerate(self.customer_ids, start=1)
            ],
        }


def find(snapshot: Snapshot, asked: CustomerList, count: int) -> Found:
    """Customers who are like those of a list, of the same shop.

    Args:
        snapshot: The published snapshot.
        asked: The list.
        count: How many to tell.

    Raises:
        PortraitError: The list is too short to be tested, or has nearly everybody.
    """
    columns = {row["column_name"] for row in snapshot.rows(_COLUMNS)} - asked.named_columns
    numbers = [name for name in _NUMBERS if name in columns]
    words = [row["tag_key"] for row in snapshot.rows(_WORDS) if row["tag_key"] in columns]
    told = [*numbers, *words]
    people = snapshot.frame(
        f"select customer_id, as_of_date, {_SPEND} as spend, {', '.join(map(identifier, told))} "
        "from customer_profiles where shop = $shop order by customer_id",
        shop=asked.shop,
    )
    is_member = np.isin(people["customer_id"].to_numpy(str), np.array(asked.customers))
    _check(int(is_member.sum()), int((~is_member).sum()))
    texts = people[words].astype(object).where(people[words].notna())
    texts = texts.map(lambda word: None if word is None or word is False else str(word))
    traits = traits_of(people[numbers].astype(float), texts, list(_likings(snapshot, asked.shop)))
    if not traits.names:
        raise PortraitError(
            f"Nothing is known that tells the customers of {asked.shop} apart.",
            "Look at what is known of them: portrait summary",
        )
    spend = people["spend"].to_numpy(float)
    found = find_lookalikes(traits, is_member, spend, count)
    return Found(
        asked.shop,
        people["as_of_date"].iloc[0].date(),
        int(is_member.sum()),
        int((~is_member).sum()),
        tuple(people["customer_id"].iloc[found.rows]),
        found,
    )


def in_words(trait: Trait) -> str:
    """A trait as a person would read it."""
    if trait.kind == "number" or trait.value == "True":
        return trait.name
    if trait.kind == "word":
        return f"{trait.name} {trait.value}"
    return f"{'buys' if trait.name == 'product' else trait.name} {trait.value}"


def _check(members: int, others: int) -> None:
    if members < LEAST_MEMBERS:
        raise PortraitError(
            f"The list has {members:,} customers; what they have in common cannot be tested.",
            f"Give {LEAST_MEMBERS} or more.",
        )
    if others < LEAST_MEMBERS:
        raise PortraitError(
            f"The list has all but {others:,} of the shop's customers: hardly anybody is left to "
            "be like them.",
            "Give a shorter one.",
        )


def _likings(snapshot: Snapshot, shop: str) -> Iterator[Likings]:
    """What customers lean to and, where facts are published, buy."""
    for name in ("category", "brand"):
        yield _liking(snapshot, name, _PREFERENCES, shop=shop, dimension=name)
    if snapshot.has("order_lines"):
        yield _liking(snapshot, "product", _PRODUCTS, shop=shop, most=_MOST_PRODUCTS)


def _liking(snapshot: Snapshot, name: str, query: str, **parameters: object) -> Likings:
    """Entries by number, since text would take ten times the room."""
    found = snapshot.frame(query, **parameters, least=LEAST_CUSTOMERS)
    values = found["value"].astype("category")
    return Likings(
        name,
        [str(value) for value in values.cat.categories],
        found["customer"].to_numpy(np.int32),
        np.asarray(values.cat.codes, dtype=np.int32),
        found["weight"].to_numpy(np.float32),
    )


_COLUMNS = "select column_name from duckdb_columns() where table_name = 'customer_profiles'"
_WORDS = """
    select distinct tag_key from tag_catalog
    where kind <> 'model' and sensitivity = 'internal' and value_type in ('text', 'boolean')
    order by tag_key
"""
_CUSTOMERS = """
    customers as (
        select customer_id, row_number() over (order by customer_id) - 1 as customer
        from customer_profiles where shop = $shop
    )
"""
_PREFERENCES = f"""
    with {_CUSTOMERS}
    select customer, dimension_value as value, tf_idf as weight
    from customer_preferences join customers using (customer_id)
    where dimension = $dimension and tf_idf > 0
        and dimension_value in (
            select dimension_value from customer_preferences
            where dimension = $dimension group by all having count(*) >= $least
        )
    order by customer, value
"""
_PRODUCTS = f"""
    with {_CUSTOMERS},
    bought as (
        select customer, product_id, count(distinct order_id) as weight
        from order_lines join customers using (customer_id)
        where line_kind = 'product' and quantity > returned_quantity and product_id is not null
        group by all
    ),
    liked as (
        select product_id from bought group by all having count(*) >= $least
        order by count(*) desc, product_id limit $most
    )
    select customer, coalesce(name, product_id) as value, sum(weight) as weight
    from bought join liked using (product_id) left join products using (product_id)
    group by all
    order by customer, value
"""
