"""How customers are segmented: a dbt exposure in models/segments with `meta: {segmentation: …}`."""

import difflib
from collections.abc import Collection, Mapping
from typing import Any

from ml.segment_rule import METHODS, SegmentRule
from orchestration.errors import PortraitError
from orchestration.modelling.declaring import check_names, declared_once
from orchestration.warehouse.manifest import Manifest

_FOLDER = "models/segments/"
_OPTIONS = {"features": list, "method": str, "rule": dict}
# Of each option of `rule` the type, and the numbers between which it lies.
_RULE: dict[str, tuple[type, float, float]] = {
    "smallest_k": (int, 2, 100),
    "largest_k": (int, 2, 100),
    "minimum_bootstrap_ari": (float, 0, 1),
    "minimum_share": (float, 0, 0.5),
    "minimum_customers": (int, 1, 1_000_000),
    "calm_margin": (float, 0, 1),
}


def declared_segments(manifest: Manifest) -> SegmentRule:
    """The rule that segments are made by.

    Raises:
        PortraitError: None is declared, or several, or one that says what nobody reads.
    """
    what = "How customers are segmented"
    where, meta = declared_once(manifest, "segmentation", _FOLDER, what, _OPTIONS)
    return _declared(where, meta, _features(manifest))


def _features(manifest: Manifest) -> set[str]:
    columns = [
        set(node["columns"])
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["name"] == "customer_features"
    ]
    return set[str]().union(*columns) - {"shop", "customer_id", "as_of_date"}


def _declared(where: str, meta: Mapping[str, Any], known: set[str]) -> SegmentRule:
    for option, kind in _OPTIONS.items():
        if option not in meta or not isinstance(meta[option], kind):
            raise PortraitError(
                f"{where}: {option} should be of type {kind.__name__}, and is "
                f"{meta.get(option)!r}.",
                "Correct it there.",
            )
    rule = SegmentRule(
        features=_checked_features(where, meta["features"], known),
        method=_one_of(where, "method", meta["method"], METHODS),
        **_checked_rule(where, meta["rule"]),
    )
    if rule.smallest_k > rule.largest_k:
        raise PortraitError(
            f"{where}, rule: smallest_k {rule.smallest_k} is above largest_k {rule.largest_k}.",
            "Correct one of them.",
        )
    return rule


def _checked_features(where: str, names: list[Any], known: set[str]) -> tuple[str, ...]:
    told = tuple(_one_of(where, "a feature", name, known) for name in names)
    if not told or len(set(told)) < len(told):
        raise PortraitError(
            f"{where}: features names {'none' if not told else 'one twice'}.",
            "Name each column of customer_features that tells customers apart, once.",
        )
    return told


def _one_of(where: str, what: str, name: object, known: Collection[str]) -> str:
    if isinstance(name, str) and name in known:
        return name
    near = difflib.get_close_matches(str(name), sorted(known), n=3)
    takes = "numeric columns of customer_features" if what == "a feature" else ", ".join(known)
    likely = f" Did you mean {' or '.join(near)}?" if near else ""
    raise PortraitError(f"{where}: {what} is {name!r}, which is unknown.{likely}", f"Take {takes}.")


def _checked_rule(where: str, meta: Mapping[str, Any]) -> dict[str, Any]:
    check_names(f"{where}, rule", meta, _RULE)
    for name, value in meta.items():
        kind, least, most = _RULE[name]
        is_number = isinstance(value, int | kind) and not isinstance(value, bool)
        if not is_number or not least <= value <= most:
            raise PortraitError(
                f"{where}, rule: {name} should be "
                f"{'a whole number' if kind is int else 'a number'} from {least:g} to {most:g}, "
                f"and is {value!r}.",
                "Correct it there.",
            )
    return dict(meta)
