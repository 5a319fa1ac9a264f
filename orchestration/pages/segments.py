"""A segment: who they are, what sets them apart, where they come from and go, and what to do."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from orchestration.pages.asking import Asked, ask
from orchestration.pages.rendering import percent
from orchestration.pages.shops import Shop
from orchestration.pages.words import Speaker
from orchestration.publishing.reading import Row, Snapshot

_ADVICE = Path(__file__).with_name("advice.yml")
# Medians of the members beside those of everybody, with how each is written.
_COMPARED = {
    "order_count": "count",
    "total_spend": "amount",
    "average_order_value": "amount",
    "days_since_last_order": "count",
    "days_between_orders": "number",
    "discount_share": "percent",
}


@cache
def advice_rules() -> Mapping[str, Mapping[str, str]]:
    """The rules of advice.yml, in their order."""
    rules: Mapping[str, Mapping[str, str]] = yaml.safe_load(_ADVICE.read_text(encoding="utf-8"))
    return rules


def read_segment(snapshot: Snapshot, shop: str, segment: Row) -> dict[str, Any]:
    """The answers that the page of a segment shows, and which rules of advice it meets."""
    segment_id = segment["segment_id"]
    asked: dict[str, Any] = {
        name: ask(snapshot, f"segment.{name}", shop, segment_id) for name in ("portrait", "traits")
    }
    asked["moves"] = ask(snapshot, "segment.moves", shop, segment["segment_name"])
    rules = ", ".join(f"({rule['when']}) as {name}" for name, rule in advice_rules().items())
    met = snapshot.rows(
        f"""
        with traits as (
            select coalesce(list(tag_key || '=' || tag_value), []) as traits from segment_traits
            where shop = $1 and segment_id = $2 and is_significant
        )
        select {rules} from segment_portraits cross join traits
        where shop = $1 and segment_id = $2
        """,
        shop,
        segment_id,
    )[0]
    asked["advice"] = [name for name, holds in met.items() if holds]
    return asked


def segment(
    asked: Mapping[str, Any], afterwards: Asked, shop: Shop, say: Speaker
) -> dict[str, Any]:
    """What the template of a segment takes.

    Args:
        asked: As `read_segment` gives it.
        afterwards: The question `segment.afterwards`, which is of all segments.
        shop: The shop.
        say: The language.
    """
    portrait: Asked = asked["portrait"]
    row = portrait.row
    language = say.language
    return {
        **asked,
        "name": segment_name(row, language),
        "told": row["description_zh" if language == "zh" else "description"],
        "compared": [
            (name, unit, row[f"median_{name}"], row[f"overall_median_{name}"])
            for name, unit in _COMPARED.items()
        ],
        "trait_rows": [
            {**trait, "name": _trait(trait, language)} for trait in asked["traits"].rows
        ],
        "afterwards": replace(afterwards, rows=_afterwards(afterwards.rows, row["segment_name"])),
        "moved": _moved(asked["moves"].rows, shop, language),
        "todo": [_advice(name, row, language) for name in asked["advice"]],
    }


def segment_name(row: Row, language: str) -> str:
    """What a segment is called."""
    return str(row["segment_name_zh" if language == "zh" else "segment_name"])


def _short(name: str, language: str = "en") -> str:
    """A segment's name without its medians."""
    return name.partition("（" if language == "zh" else " (")[0]


def _trait(trait: Row, language: str) -> str:
    """The trait without its index, which stands in a column of its own."""
    if language == "zh":
        return str(trait["trait_zh"]).rpartition("（")[0] or str(trait["trait_zh"])
    return str(trait["trait"]).rpartition(" (")[0] or str(trait["trait"])


def _afterwards(rows: Sequence[Row], name: str) -> list[dict[str, Any]]:
    """What members of a past day did next, with the 95 % interval of the share."""
    from ml.curves import wilson_interval  # It takes scipy, which no other page needs.

    own = [row for row in rows if row["segment_name"] == name]
    counts = np.array([row["customer_count"] for row in own], dtype=float)
    shares = np.array([row["ordering_share"] for row in own], dtype=float)
    lower, upper = wilson_interval(shares, counts)
    return [
        {**row, "lower": float(lower[place]), "upper": float(upper[place])}
        for place, row in enumerate(own)
    ]


def _moved(rows: Sequence[Row], shop: Shop, language: str) -> dict[str, list[dict[str, Any]]]:
    """Moves by direction: the other segment, how many, and their share of all who moved or stayed.

    Of segments that are no more, no Chinese name is known.
    """
    known = {one["segment_name"]: one for one in shop.segments}

    def name(other: str) -> str:
        if language != "zh" or other not in known:
            return _short(other)
        return _short(known[other]["segment_name_zh"], language)

    return {
        direction: [
            {
                "name": name(row["other"]),
                "is_new": row["other"] == "(none)",
                "customers": row["customers"],
                "share": row["customers"] / sum(one["customers"] for one in moves),
                "from_date": row["from_date"],
            }
            for row in moves
        ]
        for direction in ("in", "out")
        if (moves := [row for row in rows if row["direction"] == direction])
    }


def _advice(name: str, row: Row, language: str) -> str:
    shares = {
        f"percent_{column}": percent(value)
        for column, value in row.items()
        if isinstance(value, float)
    }
    plain = {
        column: f"{value:.1f}" if isinstance(value, float) else value
        for column, value in row.items()
    }
    return advice_rules()[name][language].format(**plain, **shares)
