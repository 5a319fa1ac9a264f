"""The shops of a snapshot, and what is the same on each of their pages."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from orchestration.pages.words import TagWords
from orchestration.publishing.reading import Row, Snapshot

MENU = (
    *(("overview", "overview"), ("segments", "segments"), ("predictions", "predictions")),
    *(("customers", "customers"), ("quality", "data"), ("tables", "tables")),
)
"""What each page of a shop leads to: a file, without its ending, and the word for it."""


@dataclass(frozen=True)
class Shop:
    """A shop.

    Attributes:
        name: As in the column shop.
        customer_count: How many customers it has.
        as_of_date: The day of its portraits; None where it has no order.
        published_at: When the version was made, UTC.
        catalog: Its rows of tag_catalog, `rule` parsed.
        segments: Its segments: segment_id and their names.
        predictions: What is predicted in it: prediction and target.
    """

    name: str
    customer_count: int
    as_of_date: date | None
    published_at: datetime | None
    catalog: Sequence[Row]
    segments: Sequence[Row]
    predictions: Sequence[Row]

    def tags(self, language: str) -> TagWords:
        """What its tags are called."""
        return TagWords(list(self.catalog), language)


def read_shops(snapshot: Snapshot) -> list[Shop]:
    """Every shop by name, those without orders too."""
    return [
        Shop(
            name=row["shop"],
            customer_count=row["customer_count"],
            as_of_date=row["as_of_date"],
            published_at=row["published_at"],
            catalog=[
                {**tag, "rule": json.loads(tag["rule"] or "null")}
                for tag in snapshot.rows(_CATALOG, row["shop"])
            ],
            segments=snapshot.rows(_SEGMENTS, row["shop"]),
            predictions=snapshot.rows(_PREDICTIONS, row["shop"]),
        )
        for row in snapshot.rows(_SHOPS)
    ]


_SHOPS = """
    with
    made as (
        select shop, max(as_of_date) as as_of_date, max(published_at) as published_at
        from run_manifest where shop is not null group by shop
    ),
    counted as (select shop, count(*) as customer_count from customer_profiles group by shop)
    select made.*, coalesce(customer_count, 0) as customer_count
    from made left join counted using (shop) order by shop
"""
_CATALOG = """
    select tag_key, name_en, name_zh, rule, description from tag_catalog
    where shop = ? order by tag_order
"""
_SEGMENTS = """
    select segment_id, segment_name, segment_name_zh, customer_count, customer_share,
        typical_customer_id
    from segment_portraits where shop = ? order by segment_id
"""
_PREDICTIONS = """
    select distinct prediction, target from model_metrics
    where shop = ? and prediction is not null order by prediction
"""
