"""Pictures of the contests of recommenders: how much of what was bought each had foretold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import duckdb

from ml.recommendation.questions import TARGETS, TITLES, Level

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_HEADS = {
    Level.PRODUCT: "What will they want next",
    Level.CATEGORY: "Of which category will they buy next",
}
# In inches. The names of methods stand left of each panel.
_NAMES, _PANEL, _BAR = 1.3, 1.6, 0.24


@dataclass(frozen=True)
class Method:
    """A method's nDCG at 10 with its interval."""

    name: str
    value: float
    lower: float
    upper: float
    has_won: bool


@dataclass(frozen=True)
class Contest:
    """The contest of a shop.

    Attributes:
        begin: How titles begin: with the shop, where there are several.
        level: What was recommended.
        evaluated_on: The first of the days by which methods were compared; None without a test.
        customers: Of each question, those who bought something of what is asked.
        methods: Of each question, the best first; none without a test.
        notes: Of each question, why the method has won.
    """

    begin: str
    level: Level
    evaluated_on: date | None
    customers: dict[str, int]
    methods: dict[str, Sequence[Method]]
    notes: dict[str, str]


def read_contest(
    connection: duckdb.DuckDBPyConnection, shop: str, begin: str, level: Level
) -> Contest:
    """What is drawn of a shop's contest."""
    targets = list(TARGETS[level].values())
    rows = connection.execute(
        """
        with served as (
            select target, model_name, note from marts.model_metrics
            where shop = $1 and metric = 'status' and list_contains($2, target)
        )
        select target, measured.model_name, value, lower_bound, upper_bound, customer_count,
            evaluated_on, measured.model_name = served.model_name
        from marts.model_metrics as measured
        inner join served using (target)
        where shop = $1 and metric = 'ndcg_at_10' and value is not null
        order by target, value desc, measured.model_name
        """,
        [shop, targets],
    ).fetchall()
    notes = connection.execute(
        "select target, note from marts.model_metrics"
        " where shop = ? and metric = 'status' and list_contains(?, target) order by target",
        [shop, targets],
    ).fetchall()
    methods: dict[str, list[Method]] = {}
    for target, name, value, lower, upper, _, _, has_won in rows:
        methods.setdefault(target, []).append(Method(name, value, lower, upper, has_won))
    return Contest(
        begin,
        level,
        rows[0][6] if rows else None,
        {row[0]: row[5] for row in rows},
        {target: methods[target] for target in targets if target in methods},
        dict(notes),
    )


def draw_contest(told: Contest) -> "Figure":
    """A panel a question, a bar a method."""
    from orchestration.publishing.reports.page import Page, note

    title = f"{told.begin}{_HEADS[told.level]}"
    names = {target: TITLES[question] for question, target in TARGETS[told.level].items()}
    if not told.methods:
        why = "; ".join(dict.fromkeys(told.notes.values()))
        return note(title, "Methods could not be compared", why or "Nobody has ordered yet.")
    most = max(map(len, told.methods.values()))
    page = Page(
        title,
        f"How well each method foretold what customers bought in the days from {told.evaluated_on} "
        "on. The winner is blue.",
        "nDCG at 10: 1 if the first places of every list held all that was bought, 0 if none. "
        "Lines are 95 % intervals. A method wins where it is surely better than the baseline: "
        "what everybody buys, or, of what is bought again, what the customer bought most.",
        0.5 + most * _BAR,
    )
    for number, (target, methods) in enumerate(told.methods.items()):
        axes = page.panel(_NAMES + number * (_PANEL + _NAMES), 0.3, _PANEL, len(methods) * _BAR)
        axes.set_title(f"{names[target]} ({told.customers[target]:,} customers)")
        _bars(axes, methods)
    return page.figure


def _bars(axes: "Axes", methods: Sequence[Method]) -> None:
    from orchestration.publishing.reports.page import BLUE, GREY, INK

    places = range(len(methods))
    values = [one.value for one in methods]
    colours = [BLUE if one.has_won else GREY for one in methods]
    axes.barh(places, values, color=colours, height=0.62)
    axes.hlines(
        places, [one.lower for one in methods], [one.upper for one in methods], INK, linewidth=1.1
    )
    most = max(one.upper for one in methods)
    for place, one in zip(places, methods, strict=True):
        axes.text(one.upper + 0.03 * most, place, f"{one.value:.3f}", va="center", fontsize=7.5)
    axes.set_yticks(places, [one.name.replace("_", " ") for one in methods], fontsize=7.5)
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(0, 1.22 * most)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.invert_yaxis()
