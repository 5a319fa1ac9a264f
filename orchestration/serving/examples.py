"""An example of an answer for OpenAPI: a customer whom nobody is.

Made of the types and names of the columns, as the types themselves are: a real customer would be
shown to whoever reads the description, which needs no key.
"""

from collections.abc import Sequence
from typing import Any

from orchestration.publishing.reading import PublishedColumn, Snapshot
from orchestration.serving.customer_answers import (
    PARTS,
    PROFILES,
    REASONS,
    REASONS_PART,
    said_columns,
)

_DAY, _MOMENT = "2018-01-01", "2018-01-01T05:00:00"
_WHO = {"shop": "completejourney", "customer_id": "completejourney:1", "as_of_date": _DAY}
_SHARES = ("share", "rate", "probability", "percentile", "membership", "ratio")
_TEXTS = {
    "currency": "USD",
    "evidence": {"days_since_last_order": 12},
    "product_id": "completejourney:1082185",
    "reason": "bought on 24 days, every 15 days, last 11 days ago",
    "reason_zh": "买过24天，平均每15天一次，上次在11天前",
    "segment_name": "Active buyers, large baskets (median orders 66)",
    "segment_name_zh": "活跃客户·高客单价（中位：66单）",
    "slot": "buy_again",
    "source_systems": "completejourney",
    "tag_key": "lifecycle_stage",
    "tag_value": "active",
    "target": "has_ordered_next_30_days",
    "prediction": "repurchase",
}
_LABELS = """
    select tag_key, coalesce(rule ->> '$.labels[0].label', rule ->> '$.bands[0].label') as label
    from tag_catalog
"""


def customer_example(snapshot: Snapshot) -> dict[str, Any]:
    """The answer about a customer, with every field and a value in each."""
    labels = {row["tag_key"]: row["label"] for row in snapshot.rows(_LABELS) if row["label"]}
    words = {**labels, **_TEXTS}

    def row(columns: Sequence[PublishedColumn]) -> dict[str, Any]:
        return {one.name: _value(one, words) for one in columns}

    parts: dict[str, Any] = {}
    for mart, part in PARTS.items():
        told = row(said_columns(snapshot, mart, part))
        if part.name == "predictions":
            told["reasons"] = [row(said_columns(snapshot, REASONS, REASONS_PART))]
        parts[part.name] = [told] if part.order else told
    profile = said_columns(snapshot, PROFILES)
    return {
        **_WHO,
        "profile": row([one for one in profile if not one.is_personal]),
        **parts,
        "personal": {"profile": row([one for one in profile if one.is_personal]), "tags": []},
    }


def _value(column: PublishedColumn, words: dict[str, Any]) -> object:
    name, kind = column.name, column.data_type
    if kind == "BOOLEAN":
        return True
    if kind == "DATE":
        return _DAY
    if kind == "TIMESTAMP":
        return _MOMENT
    if kind == "VARCHAR":
        return words.get(name, name.replace("_", " "))
    if kind.endswith("INT") or kind == "INTEGER":
        return 3
    return 0.25 if name.endswith(_SHARES) or name.startswith(_SHARES) else 48.31
