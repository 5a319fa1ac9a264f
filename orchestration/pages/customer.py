"""The portrait of one customer on one page that needs no other file."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from orchestration.errors import PortraitError
from orchestration.pages.asking import Asked, ask
from orchestration.pages.customer_pictures import identity_graph, order_bars
from orchestration.pages.prediction_rows import prediction_rows
from orchestration.pages.prose import prose_zh, shared_zh
from orchestration.pages.rendering import amount, number, percent, render
from orchestration.pages.shops import MENU, Shop, read_shops
from orchestration.pages.words import LANGUAGES, Speaker, TagWords
from orchestration.publishing.person import Person, read_person
from orchestration.publishing.person_text import shared
from orchestration.publishing.portrait_text import portrait_text
from orchestration.publishing.reading import Row, Snapshot
from orchestration.publishing.recommended import SLOT_TITLES, next_categories, recommended
from orchestration.quoting import quoted

_QUESTIONS = (*("value", "voice", "orders", "likes", "tags", "predictions", "history", "alike"),)
_STATIC = Path(__file__).with_name("static")
_SHOWN_ORDERS = 12
_SHOWN_RECOMMENDED = 5
_FACTS = (
    *("gender", "age_band", "occupation", "marital_status", "household_size", "income_band"),
    *("city", "country", "lifecycle_stage", "rfm_segment", "segment_name", "value_tier"),
    *("buying_rhythm", "preferred_day_part", "preferred_channel", "preferred_store"),
)
# How evidence is written, by how its name ends; the rest as a number.
_PERCENT = ("_share", "_rate", "_percentile", "_probability", "spend_change", "_customers")
_AMOUNTS = ("total_spend", "average_order_value", "_amount", "_90_days")


@dataclass(frozen=True)
class KnownCustomer:
    """What the snapshot knows of a customer.

    Attributes:
        profile: The row of customer_profiles.
        person: The keys, and what links them.
        asked: The answers of the page's questions, by question.
        offers: What is recommended.
        categories: Of which categories the customer may buy next.
        shop: The shop.
        sees_personal: Whether it has what says who somebody is.
    """

    profile: Row
    person: Person
    asked: Mapping[str, Asked]
    offers: Asked
    categories: Asked
    shop: Shop
    sees_personal: bool


def customer_page(
    snapshot: Snapshot,
    customer_id: str,
    language: str = "en",
    others: Mapping[str, str] = {},
    *,
    sees_personal: bool = True,
    up: str | None = None,
) -> str:
    """The page of a customer as HTML, with its style and scripts in it.

    Args:
        snapshot: The open snapshot.
        customer_id: As in customer_profiles, or any other key of the customer.
        language: en or zh.
        others: Where the same page lies in other languages, by language.
        sees_personal: Whether it shows personal columns and tags, and what links keys.
        up: Where the folder of all pages lies: the page then has its style and scripts from there,
            and leads to the others. Left out, it needs no other file.

    Raises:
        PortraitError: Nobody has this id, or several have it; the language is none of ours; or the
            snapshot is of older code.
    """
    if language not in LANGUAGES:
        raise PortraitError(
            f"There are no pages in {language}.", f"Languages: {', '.join(LANGUAGES)}."
        )
    known = read_customer(snapshot, customer_id, sees_personal=sees_personal)
    return render_customer(known, language, others, up)


def read_customer(
    snapshot: Snapshot, customer_id: str, *, sees_personal: bool = True
) -> KnownCustomer:
    """Asks once what the page says in every language; the arguments are those of the page.

    Raises:
        PortraitError: As `customer_page`.
    """
    profile = snapshot.profile(customer_id)
    person = read_person(snapshot, profile["customer_id"])
    try:
        known = KnownCustomer(
            profile,
            person,
            {one: ask(snapshot, f"customer.{one}", person.customer_id) for one in _QUESTIONS},
            _offers(snapshot, person.customer_id),
            _categories(snapshot, person.customer_id),
            next(one for one in read_shops(snapshot) if one.name == profile["shop"]),
            sees_personal=True,
        )
        return known if sees_personal else _impersonal(known, snapshot)
    except duckdb.Error as error:
        raise PortraitError(
            f"What is published lacks what the page shows: {error}.",
            "Make the portraits anew: portrait run --force",
        ) from error


def _impersonal(known: KnownCustomer, snapshot: Snapshot) -> KnownCustomer:
    """The same without what says who somebody is."""
    personal = {one.name for one in snapshot.columns("customer_profiles") if one.is_personal}
    internal = {
        row["tag_key"]
        for row in snapshot.rows("select tag_key from tag_catalog where sensitivity = 'internal'")
    }
    tags = known.asked["tags"]
    kept = [row for row in tags.rows if row["tag_key"] in internal]
    return replace(
        known,
        profile={name: None if name in personal else one for name, one in known.profile.items()},
        person=replace(known.person, edges=[]),
        asked={**known.asked, "tags": replace(tags, rows=kept)},
        sees_personal=False,
    )


def render_customer(
    known: KnownCustomer, language: str, others: Mapping[str, str], up: str | None = None
) -> str:
    """The page in one language; the arguments are those of `customer_page`."""
    names = ("pages.css", "theme.js", "pages.js")
    if up is None:
        style, *scripts = ((_STATIC / name).read_text(encoding="utf-8") for name in names)
        around: dict[str, Any] = {"style": style, "scripts": scripts}
    else:
        around = {"up": up, "menu": MENU}
    return render(
        "customer.html", language, **_context(known, Speaker(language)), others=others, **around
    )


def _context(known: KnownCustomer, say: Speaker) -> dict[str, Any]:
    """What the template takes."""
    profile, asked, shop = known.profile, known.asked, known.shop
    tags = shop.tags(say.language)
    segment_zh = {one["segment_name"]: one["segment_name_zh"] for one in shop.segments}
    currency = profile["currency"]

    def told(attribute: str, value: object) -> str:
        if attribute == "segment_name" and say.language == "zh":
            return str(segment_zh.get(value, value))
        return tags.value(attribute, value)

    return {
        **asked,
        "offers": known.offers,
        "categories": known.categories,
        "shop": shop,
        "sees_personal": known.sees_personal,
        "profile": profile,
        "person": known.person,
        "tags_words": tags,
        "currency": currency,
        "prose": prose_zh(profile, told) if say.language == "zh" else portrait_text(profile),
        "facts": [(one, told(one, profile[one])) for one in _FACTS if profile.get(one) is not None],
        "bars": order_bars(asked["orders"].rows, profile["as_of_date"]),
        "latest_orders": asked["orders"].rows[:_SHOWN_ORDERS],
        "tag_rows": _tag_rows(asked["tags"].rows, tags, told, currency, say),
        "prediction_rows": prediction_rows(asked["predictions"].rows, currency, say),
        "slots": {
            slot: [row for row in known.offers.rows if row["slot"] == slot][:_SHOWN_RECOMMENDED]
            for slot in SLOT_TITLES
        },
        "category_slots": {
            slot: [row for row in known.categories.rows if row["slot"] == slot]
            for slot in SLOT_TITLES
        },
        "graph": identity_graph(known.person),
        "links": [
            (edge, shared_zh(edge) if say.language == "zh" else shared(edge))
            for edge in known.person.links
        ],
        "history_rows": [
            {**row, "told": told(row["attribute"], row["attribute_value"])}
            for row in asked["history"].rows
        ],
    }


def _offers(snapshot: Snapshot, customer_id: str) -> Asked:
    sql = f"select * from customer_recommendations\n{_by_rank(customer_id)}"
    rows = recommended(snapshot, customer_id)
    return Asked("customer.recommendations", rows, ["customer_recommendations"], sql)


def _categories(snapshot: Snapshot, customer_id: str) -> Asked:
    sql = f"select * from customer_next_categories\n{_by_rank(customer_id)}"
    rows = next_categories(snapshot, customer_id)
    return Asked("customer.categories", rows, ["customer_next_categories"], sql)


def _by_rank(customer_id: str) -> str:
    return f"where customer_id = {quoted(customer_id)}\norder by slot, rank"


def _tag_rows(
    rows: Sequence[Row], tags: TagWords, told: Any, currency: str | None, say: Speaker
) -> list[dict[str, Any]]:
    """Tags with their evidence in words."""
    return [
        {
            "name": tags.name(row["tag_key"]),
            "value": say(f"customer.{'yes' if row['tag_value'] == 'true' else 'no'}")
            if row["tag_value"] in ("true", "false")
            else told(row["tag_key"], row["tag_value"]),
            "evidence": _evidence(json.loads(row["evidence"] or "{}"), tags, currency, say),
            "since": _since(row, say),
        }
        for row in rows
    ]


def _evidence(
    evidence: Mapping[str, Any], tags: TagWords, currency: str | None, say: Speaker
) -> str:
    parts = []
    for name, value in evidence.items():
        key = f"evidence.{name}"
        label = say(key) if say.knows(key) else name.replace("_", " ")
        parts.append(f"{label} {_written(name, value, tags, currency, say)}")
    return (" · ").join(parts)


def _written(name: str, value: Any, tags: TagWords, currency: str | None, say: Speaker) -> str:
    if isinstance(value, bool):
        return say(f"customer.{'yes' if value else 'no'}")
    if value is None or isinstance(value, str):
        return tags.value(name, value)
    if name.endswith(_PERCENT):
        return percent(value)
    if name.endswith(_AMOUNTS):
        return amount(value, currency)
    return number(value, 0 if float(value).is_integer() else 1)


def _since(row: Row, say: Speaker) -> str:
    if row["since_date"] is None:
        return "–"
    told = f"{row['since_date']:%Y-%m-%d}"
    return told if row["is_since_known"] else say("customer.or_before", day=told)


def page_name(customer_id: str) -> str:
    """What the file of a customer's page may be called, whatever the id holds."""
    kept = "".join(one if one.isascii() and one.isalnum() else "-" for one in customer_id)
    digest = hashlib.sha256(customer_id.encode()).hexdigest()
    return f"{kept[:60]}-{digest[:8]}"
