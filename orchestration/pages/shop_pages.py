"""The pages of one shop: what is read once of the snapshot, and said in every language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestration.pages.asking import Asked, ask
from orchestration.pages.customer import read_customer, render_customer
from orchestration.pages.lists import CustomerList, customers, read_lists
from orchestration.pages.models import model, read_model
from orchestration.pages.overview import SCORES, overview, read_overview
from orchestration.pages.rendering import render
from orchestration.pages.segments import read_segment, segment
from orchestration.pages.shops import MENU, Shop
from orchestration.pages.tables import read_tables
from orchestration.pages.words import LANGUAGES, Speaker
from orchestration.publishing.reading import Snapshot
from orchestration.publishing.recommended import chosen_methods

UP = "../../.."
"""From a page of a shop to the folder of all pages."""

TYPICAL = "typical-"
"""What the pages of typical customers are called, before the number of their segment."""

_OF_QUALITY = ("sources", "quarantine", "drift", "contents")


@dataclass(frozen=True)
class _Read:
    """The answers of the snapshot that the pages of a shop show."""

    overview: dict[str, Asked]
    segments: Asked
    afterwards: Asked
    each_segment: Mapping[int, dict[str, Any]]
    predictions: Asked
    lifetime: Asked
    recommending: Asked
    each_prediction: Mapping[str, dict[str, Asked]]
    lists: Sequence[CustomerList]
    quality: Mapping[str, Asked]
    tables: Sequence[Mapping[str, Any]]


def shop_pages(snapshot: Snapshot, shop: Shop, shops: Sequence[Shop]) -> dict[str, str]:
    """The files of a shop by their path below its folder.

    Args:
        snapshot: The open snapshot.
        shop: The shop.
        shops: All shops, to which its pages lead back.
    """
    read = _read(snapshot, shop)
    pages = {one.file: one.script() for one in read.lists}
    for language in LANGUAGES:
        frame = {
            "shop": shop,
            "shops": shops,
            "tags": shop.tags(language),
            "up": UP,
            "menu": MENU,
            "scores": SCORES,
            "currency": read.overview["figures"].row["currency"],
        }
        for name, context in _contexts(read, shop, Speaker(language)).items():
            here = f"{name}.html"
            template = f"{name.partition('-')[0]}.html"
            pages[f"{language}/{here}"] = render(template, language, here=here, **frame, **context)
    return pages | _typical_customers(snapshot, shop)


def _read(snapshot: Snapshot, shop: Shop) -> _Read:
    predictions = ask(snapshot, "model.all", shop.name)
    return _Read(
        overview=read_overview(snapshot, shop.name),
        segments=ask(snapshot, "segment.all", shop.name),
        afterwards=ask(snapshot, "segment.afterwards", shop.name),
        each_segment={
            one["segment_id"]: read_segment(snapshot, shop.name, one) for one in shop.segments
        },
        predictions=predictions,
        lifetime=ask(snapshot, "model.lifetime", shop.name),
        recommending=Asked(
            "model.recommending",
            chosen_methods(snapshot, shop.name),
            ["model_metrics"],
            "select * from model_metrics where starts_with(target, 'recommendation_')"
            " or starts_with(target, 'next_category_')",
        ),
        each_prediction={
            row["prediction"]: read_model(snapshot, shop.name, row["prediction"])
            for row in predictions.rows
        },
        lists=read_lists(snapshot, shop.name),
        quality={one: ask(snapshot, f"quality.{one}", shop.name) for one in _OF_QUALITY},
        tables=read_tables(snapshot),
    )


def _typical_customers(snapshot: Snapshot, shop: Shop) -> dict[str, str]:
    """The page of the typical customer of each segment, for who wants to see one."""
    pages = {}
    for one in shop.segments:
        if not one["typical_customer_id"]:
            continue
        known = read_customer(snapshot, one["typical_customer_id"])
        here = f"{TYPICAL}{one['segment_id']}.html"
        for language in LANGUAGES:
            others = {other: f"../{other}/{here}" for other in LANGUAGES if other != language}
            pages[f"{language}/{here}"] = render_customer(known, language, others)
    return pages


def _contexts(read: _Read, shop: Shop, say: Speaker) -> dict[str, Mapping[str, Any]]:
    """What each page takes, by its name; what comes before a dash names the template."""
    return {
        "overview": overview(read.overview, say),
        "segments": {"all": read.segments},
        **{
            f"segment-{number}": segment(asked, read.afterwards, shop, say)
            for number, asked in read.each_segment.items()
        },
        "predictions": {
            "all": read.predictions,
            "lifetime": read.lifetime,
            "recommending": read.recommending,
        },
        **{
            f"prediction-{row['prediction']}": model(
                read.each_prediction[row["prediction"]], row, shop.name, say
            )
            for row in read.predictions.rows
        },
        "customers": customers(read.lists, shop, say.language),
        "quality": read.quality,
        "tables": {"tables": read.tables},
    }
