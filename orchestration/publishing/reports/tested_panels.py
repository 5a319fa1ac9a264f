"""A picture of how well a prediction did when it was last tested, and of what it goes by."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from orchestration.publishing.reports.tested import (
    MOST_BARS,
    WORDS,
    Bar,
    Point,
    Points,
    Tested,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

_SERVED = {1.0: "the model", 0.0: "the rule of thumb", None: "nothing"}
# A resampled mean distance holds chance twice: its interval lies above what was measured.
_CHANCE_TWICE = "expected_calibration_error"
# Panels, in inches.
_SIDE, _STEP, _LINE = 2.2, 3.07, 3.0


def draw_tested(told: Tested) -> "Figure":
    """ROC, precision and recall, calibration, gain and lift, the figures, and what matters."""
    from orchestration.publishing.reports.page import Page, note

    title = f"{told.begin}How well it is foretold: {told.target.replace('_', ' ')}"
    if not told.curves:
        return note(title, "Nothing could be tested", told.note)
    is_event = "roc" in told.curves
    rows = 3 if is_event else 2
    page = Page(
        title,
        f"Foretold from {told.evaluated_on} with what was known then, and what came. Blue is the "
        f"model, orange the rule of thumb. Served is {_SERVED[told.served]}.",
        _CAPTION if is_event else _CAPTION_OF_AMOUNTS,
        _LINE * rows,
    )

    def place(number: int) -> "Axes":
        column, row = number % 3, number // 3
        return page.panel(0.45 + _STEP * column, 0.3 + _LINE * row, _SIDE, _SIDE)

    drawn = [_roc, _precision_recall] if is_event else []
    drawn += [_calibration, _gain, _lift]
    for number, draw in enumerate(drawn):
        draw(place(number), told)
    y = 0.3 + _LINE * (rows - 1)
    if is_event:
        _figures(place(5), told)
        _bars(page.panel(1.3, y, 2.6, _SIDE), told.themes, "What it goes by: themes")
        _bars(page.panel(6.3, y, 2.5, _SIDE), told.features, "and features, one alone")
    else:
        _figures(page.panel(0, y, 2.5, _SIDE), told)
        _bars(page.panel(3.6, y, 1.6, _SIDE), told.themes, "What it goes by: themes")
        _bars(page.panel(7.2, y, 1.6, _SIDE), told.features, "and features, one alone")
    return page.figure


_IMPORTANCE = (
    "What it goes by: how much the {loss} grows when customers get the values of others, with its "
    "95 % interval; features that say much the same stand in for each other, so that each looks "
    "idle alone, and themes tell more."
)
_CAPTION = (
    "How to read it: ROC and gain bend to the upper left, the further the better; the dashed line "
    "is chance. Precision is the share of the right among those that are picked, recall how many "
    "of all are found. Calibration: on the dashed line what came is what was foretold; bars are "
    "95 % intervals, dots as large as their customers. Lift: how many times the average the "
    "customers on top bring. " + _IMPORTANCE.format(loss="log loss")
)
_CAPTION_OF_AMOUNTS = (
    "How to read it: calibration, on the dashed line what came is what was foretold, with 95 % "
    "intervals. Gain bends to the upper left, the further the better; dashed is chance. Lift: how "
    "many times the average the customers on top bring. " + _IMPORTANCE.format(loss="deviance")
)


def _lines(axes: "Axes", told: Tested, curve: str) -> None:
    from orchestration.publishing.reports.page import BLUE, COLOURS

    for series, colour in (("baseline", COLOURS[1]), ("model", BLUE)):
        points = told.curves[curve].get(series, ())
        axes.plot([p[0] for p in points], [p[1] for p in points], color=colour, linewidth=1.6)


def _shares(axes: "Axes", title: str, x: str, y: str) -> None:
    axes.set(title=title, xlabel=x, ylabel=y, xlim=(0, 1), ylim=(0, 1.02))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks([0, 0.25, 0.5, 0.75, 1], ["0", "25%", "50%", "75%", "100%"])
    axes.grid()


def _roc(axes: "Axes", told: Tested) -> None:
    _shares(axes, "ROC", "false positive rate", "true positive rate")
    _chance(axes, (0, 1), (0, 1))
    _lines(axes, told, "roc")


def _precision_recall(axes: "Axes", told: Tested) -> None:
    _shares(axes, "Precision and recall", "recall", "precision")
    share = told.curves["precision_recall"]["model"][-1][1]
    _chance(axes, (0, 1), (share, share))
    _lines(axes, told, "precision_recall")


def _gain(axes: "Axes", told: Tested) -> None:
    _shares(axes, "Gain", "share of the customers, from the top", "share of what came")
    _chance(axes, (0, 1), (0, 1))
    _lines(axes, told, "gain")


def _lift(axes: "Axes", told: Tested) -> None:
    _shares(axes, "Lift", "share of the customers, from the top", "times the average")
    axes.yaxis.set_major_locator(_plain_ticks())
    axes.yaxis.set_major_formatter(_amount)
    _chance(axes, (0, 1), (1, 1))
    _lines(axes, told, "lift")
    axes.set_ylim(0, 1.08 * max(p[1] for s in told.curves["lift"].values() for p in s))


def _calibration(axes: "Axes", told: Tested) -> None:
    from orchestration.publishing.reports.page import BLUE, COLOURS

    of_series = told.curves["calibration"]
    most = max(max(p[0], p[3] if p[3] is not None else p[1]) for p in _all(of_series))
    axes.set(title="Calibration", xlabel="foretold", ylabel="came")
    _chance(axes, (0, most), (0, most))
    largest = max(p[4] for p in _all(of_series))
    for series, colour in (("baseline", COLOURS[1]), ("model", BLUE)):
        points = of_series.get(series, ())
        x, y = [p[0] for p in points], [p[1] for p in points]
        axes.scatter(x, y, s=[max(6, 45 * p[4] / largest) for p in points], color=colour)
        known = [(p[0], p[2], p[3]) for p in points if p[2] is not None and p[3] is not None]
        axes.vlines(
            [p[0] for p in known],
            [p[1] for p in known],
            [p[2] for p in known],
            color=colour,
            linewidth=1,
            alpha=0.7,
        )
    axes.set(xlim=(0, 1.04 * most), ylim=(0, 1.04 * most))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(_plain_ticks())
        axis.set_major_formatter(_share if "roc" in told.curves else _amount)
    axes.grid()


def _all(of_series: dict[str, Points]) -> list[Point]:
    return [point for points in of_series.values() for point in points]


def _share(value: float, _: float | None = None) -> str:
    return f"{value:.0%}"


def _amount(value: float, _: float | None = None) -> str:
    return f"{value:,.4g}"


def _chance(axes: "Axes", x: tuple[float, float], y: tuple[float, float]) -> None:
    from orchestration.publishing.reports.page import GREY

    axes.plot(x, y, color=GREY, linewidth=0.9, linestyle=(0, (4, 3)))


def _plain_ticks() -> "MaxNLocator":
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(4)


def _figures(axes: "Axes", told: Tested) -> None:
    """The metrics as a small table: model, interval, rule of thumb."""
    from orchestration.publishing.reports.page import PALE

    axes.axis("off")
    axes.set(xlim=(0, 1), ylim=(1, 0))
    axes.set_title("Figures, 95 % interval")
    ends = (0.62, 1.02)
    for x, head in zip(ends, ("model", "rule"), strict=True):
        axes.text(x, 0.06, head, color=PALE, ha="right")
    for row, one in enumerate(told.figures):
        y = 0.17 + 0.15 * row
        axes.text(0, y, WORDS[one.metric], color=PALE, fontsize=7.5)
        interval = ""
        if one.lower is not None and one.upper is not None and one.metric != _CHANCE_TWICE:
            interval = f" ({_three(one.lower)} to {_three(one.upper)})"
        axes.text(0, y + 0.07, f"{_three(one.value)}{interval}")
        axes.text(ends[1], y + 0.07, _three(one.baseline), ha="right")


def _three(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.3f}" if abs(value) < 100 else f"{value:,.0f}"


def _bars(axes: "Axes", bars: Sequence[Bar], title: str) -> None:
    """The most important on top, with intervals; the labels are on the left, outside."""
    from orchestration.publishing.reports.page import BLUE, GREY, INK

    axes.set_title(title)
    places = range(len(bars))
    axes.barh(places, [bar.value for bar in bars], 0.6, color=BLUE)
    lower, upper = [bar.lower for bar in bars], [bar.upper for bar in bars]
    axes.hlines(places, lower, upper, color=INK, linewidth=1)
    axes.axvline(0, color=GREY, linewidth=0.8)
    axes.set_yticks(list(places), [bar.label.replace("_", " ") for bar in bars])
    axes.set_ylim(MOST_BARS - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(_plain_ticks())
    axes.grid(axis="x")
