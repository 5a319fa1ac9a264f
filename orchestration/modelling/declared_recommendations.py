"""How recommendations are made: a dbt exposure with `meta: {recommendation: …}`."""

import difflib
from collections.abc import Mapping
from typing import Any

from ml.recommendation.questions import Level
from ml.recommendation.rule import RecommendationRule
from orchestration.errors import PortraitError
from orchestration.modelling.declaring import Meta, check_names, declared_once
from orchestration.warehouse.manifest import Manifest

_FOLDER = "models/recommendations/"
_OF_CATEGORIES = "categories"
# Of each option the least and the most.
_NUMBERS = {"list_length": (1, 100), "most_customers": (30, 1_000_000)}


def declared_recommendations(manifest: Manifest) -> list[RecommendationRule]:
    """The rules that recommendations of products, and of categories, are made by.

    Raises:
        PortraitError: None is declared, or several, or one that says what nobody reads.
    """
    what = "How products are recommended"
    known = ["methods", *_NUMBERS]
    where, meta = declared_once(manifest, "recommendation", _FOLDER, what, [*known, _OF_CATEGORIES])
    categories = meta.get(_OF_CATEGORIES)
    if not isinstance(categories, Mapping):
        raise PortraitError(
            f"{where} does not say by which methods categories are recommended.",
            f"Add {_OF_CATEGORIES}: {{methods: [buy_again, …]}}.",
        )
    inside = f"{where}, {_OF_CATEGORIES}"
    check_names(inside, categories, known)
    return [_rule(where, meta, Level.PRODUCT), _rule(inside, categories, Level.CATEGORY)]


def _rule(where: str, meta: Meta, level: Level) -> RecommendationRule:
    numbers = {name: _number(where, name, meta[name]) for name in _NUMBERS if name in meta}
    return RecommendationRule(_methods(where, meta.get("methods")), level=level, **numbers)


def _methods(where: str, names: Any) -> tuple[str, ...]:
    from ml.recommendation.methods import METHODS, without_library

    known = ", ".join(METHODS)
    if not isinstance(names, list) or not names or len(set(map(str, names))) < len(names):
        raise PortraitError(
            f"{where}: methods should name some, each once, and is {names!r}.",
            f"Methods: {known}.",
        )
    for name in names:
        if name not in METHODS:
            near = difflib.get_close_matches(str(name), METHODS, n=1)
            likely = f" Did you mean {near[0]}?" if near else ""
            raise PortraitError(
                f"{where}: there is no method {name!r}.{likely}", f"Methods: {known}."
            )
        if not METHODS[name].is_installed:
            problem, to_do = without_library(name)
            raise PortraitError(f"{where}: {problem}", to_do)
    return tuple(names)


def _number(where: str, name: str, value: Any) -> int:
    least, most = _NUMBERS[name]
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise PortraitError(
            f"{where}: {name} should be a whole number from {least} to {most}, and is {value!r}.",
            "Correct it there.",
        )
    return value
