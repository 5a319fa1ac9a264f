"""A card a version of a model, for people and for programs: Mitchell et al. (2019).

A card tells of a version what its row of `model_versions` knows, and nothing of any customer: what
it predicts of whom, what it learned from, how it was tested, and what it is not for.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import duckdb

from orchestration.publishing.card_words import Card, code, listed, metric_table, number, words
from orchestration.publishing.fitted_cards import NOT_FOR, limits_of, sections_of

# Beside the tables of a version, a folder a shop.
CARDS = "models"

# Two of each season.
_TWO_YEARS = 730
# With so few the intervals say more than the values.
_FEW_CUSTOMERS = 200
_BIN = "calibration_bin_"
_GROUP = "of_"
_COVERAGE = "interval_coverage"
_GROUPS_OF_RANGES = {
    "": "all",
    "_top_fifth": "the fifth of whom most was expected",
    "_something_came": "of whom something came",
    "_nothing_came": "of whom nothing came",
}
_NOT_FOR = (
    "Decisions about one person alone that bind or weigh on them, such as credit, a contract or a "
    "price: it was tested on groups of customers, and says what is likely, not what will be.",
    "What an offer or a message would change: it says who comes, not why, and not who would come "
    "because of it.",
    "Customers of another shop, of another horizon, or of whom it is not asked.",
)


def model_cards(warehouse: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The cards of all versions by path below the published folder: `.md` and `.json` of each."""
    themes = warehouse.execute("select feature, theme from seeds.feature_themes").fetchall()
    files: dict[str, str] = {}
    for card in _read(warehouse, dict(themes)):
        path = card_path(card["shop"], card["prediction"], card["model_version"])
        files[f"{path}.md"] = card_text(card)
        files[f"{path}.json"] = json.dumps(card, ensure_ascii=False, indent=2, default=str) + "\n"
    return files


def card_path(shop: str, prediction: str, version: str) -> str:
    """Where a card lies below the published folder, without its ending."""
    return f"{CARDS}/{shop}/{prediction}-{version}"


def card_text(card: Card) -> str:
    """A card as a page of Markdown."""
    of_kind = sections_of(card) if card["kind"] in NOT_FOR else _of_prediction(card)
    (first, told), *others = of_kind.items()
    sections = {
        first: told,
        "What it is not for": "\n".join(f"- {line}" for line in card["not_for"]),
        **dict(others),
        "Limits": "\n".join(f"- {line}" for line in card["limits"]),
        "Made with": _made_with(card),
    }
    body = "\n\n".join(f"## {title}\n\n{text}" for title, text in sections.items() if text)
    return (
        f"# {card['prediction']}, version {card['model_version']}\n\n{_standing(card)}\n\n{body}\n"
    )


def _of_prediction(card: Card) -> Mapping[str, str]:
    return {
        "What it predicts": _predicts(card),
        "What it learned from": _learned(card),
        "How it was tested": _tested(card),
        "How good it was": _metrics(card),
        "Calibration": _calibration(card),
        "By groups of customers": _groups(card),
        "Verdict": f"{card['verdict_reason'][:1].upper()}{card['verdict_reason'][1:]}.",
    }


def _read(warehouse: duckdb.DuckDBPyConnection, themes: Mapping[str, str]) -> list[Card]:
    cursor = warehouse.execute(
        "from marts.model_versions order by shop, prediction, made_for desc, model_version"
    )
    names = [column[0] for column in cursor.description or []]
    cards: list[Card] = []
    for row in cursor.fetchall():
        card = dict(zip(names, row, strict=True))
        card["baseline_features"] = card["baseline_features"].split(", ")
        by_theme: dict[str, list[str]] = {}
        for feature in card["features"].split(", "):
            by_theme.setdefault(themes.get(feature, "other"), []).append(feature)
        card["features"] = dict(sorted(by_theme.items()))
        for column in ("metrics", "package_versions"):
            card[column] = json.loads(card[column])
        is_fitted = card["kind"] in NOT_FOR
        card["not_for"] = list(NOT_FOR[card["kind"]] if is_fitted else _NOT_FOR)
        card["limits"] = limits_of(card) if is_fitted else _limits(card)
        cards.append(card)
    return cards


def _standing(card: Card) -> str:
    if card["is_served"]:
        choice = ", as the user has pinned it" if card["is_pinned"] else ""
        served = f"Served since the portraits of {card['served_since']}{choice}."
    else:
        served = "Not served" + (
            " though it is pinned: see the notes of `model_metrics`."
            if card["is_pinned"]
            else ": another version is."
        )
    latest = " It was learned last." if card["is_latest"] else ""
    return (
        f"Shop {code(card['shop'])}. {served}{latest} "
        f"First made for the portraits of {card['made_for']}; as of {card['as_of_date']}."
    )


def _predicts(card: Card) -> str:
    what = "The probability" if card["kind"] == "event" else "The amount to expect"
    said = f"{card['description']} " if card["description"] else ""
    return "\n".join(
        [
            f"{said}{what}, in the {card['horizon_days']} days from the day of the portraits on.",
            "",
            f"- Target: `{card['target']}`, which is {code(card['outcome'])}",
            f"- Asked of customers with {code(card['eligible'])}",
            f"- Method: {words(card['method'])}; the rule of thumb beside it: "
            f"{words(card['baseline_name'])}, by {listed(card['baseline_features'])}",
            "- For: choosing whom to write to, planning how much to expect of many customers "
            "together, and seeing who is leaving, by people who know the shop.",
        ]
    )


def _learned(card: Card) -> str:
    lines = [
        f"{card['row_count']:,} rows of {card['customer_count']:,} customers, on firsts of months "
        f"from {card['trained_from']} to {card['trained_to']}, each with what came in the "
        f"{card['horizon_days']} days after it. Hash of the rows: `{card['data_hash']}`.",
        "",
        f"It reads {card['feature_count']} features of behaviour and what is known of customers:",
        "",
        "| theme | features |",
        "|---|---|",
    ]
    for theme, features in card["features"].items():
        lines.append(f"| {words(theme)} | {listed(features)} |")
    return "\n".join(lines)


def _tested(card: Card) -> str:
    return (
        f"Forward in time, on {card['tested_customer_count']:,} customers as of "
        f"{card['evaluated_on']}: foretold by what was known before that day alone, and compared "
        f"with what came in the {card['horizon_days']} days from it on. What was tested so had "
        "learned from days whose horizons were over by then; afterwards it was fitted to all "
        "days. Intervals are of 95 %, from customers drawn with replacement."
    )


def _metrics(card: Card) -> str:
    left_out = (_BIN, _COVERAGE, _GROUP, "strongest_feature")
    lines = metric_table(
        [row for row in _own_metrics(card) if not row["metric"].startswith(left_out)]
    )
    tried = [row for row in card["metrics"] if "model_name" in row]
    if tried:
        losses = ", ".join(f"`{row['model_name']}` {number(row['value'])}" for row in tried)
        lines += ["", f"Mean loss over past days of each method that was tried: {losses}."]
    return "\n".join(lines)


def _calibration(card: Card) -> str:
    by_name = {row["metric"]: row for row in _own_metrics(card)}
    bins = sorted({name.rsplit("_", 1)[0] for name in by_name if name.startswith(_BIN)})
    if bins:
        lines = ["| customers | foretold | came |", "|---|---|---|"]
        for name in bins:
            told, came = by_name[f"{name}_predicted"], by_name[f"{name}_observed"]
            lines.append(
                f"| {told['customer_count']:,} | {number(told['value'])} "
                f"| {number(came['value'])} |"
            )
        return "\n".join(lines)
    return _ranges(by_name)


def _ranges(by_name: Mapping[str, Mapping[str, Any]]) -> str:
    """Of how many the range of an amount held, by group; a version of older code tells of all."""
    covered = by_name.get(_COVERAGE)
    if covered is None or covered["value"] is None:
        return "No earlier day says how far off amounts may be, so that no range is served."
    lines = [
        "Of how many the amount lay in the range that earlier days had said; it is made for 80 %.",
        "",
        "| customers | how many | held | 95 % interval |",
        "|---|---|---|---|",
    ]
    for group, told in _GROUPS_OF_RANGES.items():
        row = by_name.get(f"{_COVERAGE}{group}")
        if row is not None:
            lines.append(
                f"| {told} | {row['customer_count']:,} | {row['value']:.0%} | {_ends(row, '.0%')} |"
            )
    note = covered.get("note")
    return "\n".join([*lines, *(["", f"{note[:1].upper()}{note[1:]}."] if note else [])])


def _groups(card: Card) -> str:
    """How far off it was for thirds of the customers, and its lift within them."""
    groups: dict[str, dict[str, Mapping[str, Any]]] = {}
    for row in _own_metrics(card):
        if row["metric"].startswith(_GROUP):
            name = "lift" if row["metric"].endswith("lift") else "bias"
            groups.setdefault(row["note"], {})[name] = row
    if not groups:
        return ""
    has_lift = any("lift" in told for told in groups.values())
    lines = [
        "Thirds of the tested customers, where there are enough to tell. An interval without "
        "nought says that the sum of that third is off beyond chance"
        + ("; lift is that of its first tenth over the third." if has_lift else "."),
        "",
        "| customers | how many | sum off by | 95 % interval |"
        + " lift | 95 % interval |" * has_lift,
        "|---|---|---|---|" + "---|---|" * has_lift,
    ]
    for note, told in groups.items():
        bias, lift = told["bias"], told.get("lift")
        within = f" {lift['value']:.2f} | {_ends(lift, '.2f')} |" if lift else ""
        lines.append(
            f"| {note} | {bias['customer_count']:,} | {bias['value']:+.0%} "
            f"| {_ends(bias, '+.0%')} |{within}"
        )
    return "\n".join(lines)


def _ends(row: Mapping[str, Any], how: str) -> str:
    ends = (row["lower_bound"], row["upper_bound"])
    return "" if None in ends else f"{ends[0]:{how}} to {ends[1]:{how}}"


def _limits(card: Card) -> list[str]:
    last_day = card["trained_to"] + timedelta(days=card["horizon_days"])
    seen = (last_day - card["trained_from"]).days
    limits = []
    if seen < _TWO_YEARS:
        limits.append(
            f"The days that it learned from, with what came after them, are {seen} from "
            f"{card['trained_from']} on: no season twice, so it cannot tell a season from a trend."
        )
    if card["tested_customer_count"] < _FEW_CUSTOMERS:
        limits.append(
            f"It was tested on {card['tested_customer_count']:,} customers only: mind the "
            "intervals."
        )
    bias = {row["metric"]: row["value"] for row in _own_metrics(card)}.get("bias_of_sum")
    if bias is not None:
        limits.append(
            f"On the day of the test the sum that it had foretold was off by {bias:+.0%}."
        )
    limits.append(
        "It was tested once, on one day, and knows nothing of what the shop will do otherwise than "
        "before: score_drift says whether its scores lie where they lay then."
    )
    told = "" if _groups(card) else "for some groups of customers, nor "
    limits.append(
        f"Whether it does worse {told}for people of some age, sex or place has not been "
        "measured. Features such as where and when people shop can stand for what they are."
    )
    return limits


def _made_with(card: Card) -> str:
    packages = ", ".join(f"{name} {version}" for name, version in card["package_versions"].items())
    return f"Code `{card['code_hash']}`; {packages}."


def _own_metrics(card: Card) -> Sequence[Mapping[str, Any]]:
    """Metrics of the model itself; those of the methods that were tried name another."""
    return [row for row in card["metrics"] if "model_name" not in row]
