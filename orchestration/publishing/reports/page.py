"""The look that all pictures share. Only here is matplotlib imported: by who draws, when it draws.

Text stays text, so that it can be searched, and that the reader's machine has a font for names that
matplotlib's does not know. The same figure gives the same bytes.
"""

import io
import logging
import textwrap
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap
from matplotlib.figure import Figure

BLUE, GREY, INK, PALE, FAINT = "#0072b2", "#8a8a8a", "#1b1b1b", "#6b6b6b", "#e6e6e6"
RED = "#d55e00"
# Okabe and Ito's, which the colour-blind tell apart, with a dark red for the yellow that no white
# page shows. As many as there are segments at most.
COLOURS = (BLUE, "#e69f00", "#009e73", RED, "#cc79a7", "#56b4e9", "#444444", "#882255")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")

# In inches, as everything here.
WIDTH, MARGIN = 9.6, 0.4
BODY = WIDTH - 2 * MARGIN
_LINE = 0.17
# So many characters of small text fit between the margins.
_CHARACTERS = 136
_LONGEST_TITLE = 84

_STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "portrait",
    # Verdana is as wide as DejaVu Sans, by which texts are placed.
    "font.family": ["DejaVu Sans", "Verdana", "sans-serif"],
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 8.5,
    # A name may hold dollars, and is no formula.
    "text.parse_math": False,
    "text.color": INK,
    "axes.edgecolor": GREY,
    "axes.labelcolor": PALE,
    "axes.titlelocation": "left",
    "axes.titlesize": 10,
    "axes.titlecolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "xtick.color": GREY,
    "xtick.labelcolor": PALE,
    "ytick.color": GREY,
    "ytick.labelcolor": PALE,
    "legend.frameon": False,
    "figure.facecolor": "#ffffff",
}


class Page:
    """A picture in the making: title and subtitle above, how to read it below.

    Attributes:
        figure: What is drawn on.
    """

    def __init__(self, title: str, subtitle: str, caption: str, height: float) -> None:
        """With a body of so many inches; an empty caption takes no room."""
        below, told = (textwrap.wrap(text, _CHARACTERS) for text in (subtitle, caption))
        self._top = 0.72 + _LINE * len(below)
        bottom = 0.3 + _LINE * len(told)
        self._height = self._top + height + bottom
        self._body = height
        self.figure = Figure(figsize=(WIDTH, self._height))
        shown = title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 1]}…"
        self._text(0.42, shown, fontsize=14, fontweight="bold")
        for number, line in enumerate(below):
            self._text(0.66 + _LINE * number, line, color=PALE)
        for number, line in enumerate(told):
            self._text(self._top + height + 0.18 + _LINE * number, line, color=PALE)

    def panel(self, x: float, y: float, width: float, height: float) -> Axes:
        """Axes within the body, of which x and y are the upper left corner."""
        bottom = self._height - self._top - y - height
        return self.figure.add_axes(
            (
                (MARGIN + x) / WIDTH,
                bottom / self._height,
                width / WIDTH,
                height / self._height,
            )
        )

    def canvas(self) -> Axes:
        """Axes over the whole body without lines, in inches from its upper left corner."""
        axes = self.panel(0, 0, BODY, self._body)
        axes.set(xlim=(0, BODY), ylim=(self._body, 0))
        axes.axis("off")
        return axes

    def _text(self, y: float, text: str, **look: object) -> None:
        self.figure.text(MARGIN / WIDTH, 1 - y / self._height, text, **look)  # type: ignore[arg-type]


def note(title: str, subtitle: str, text: str) -> Figure:
    """A page that says why there is no picture."""
    lines = textwrap.wrap(text, 110)
    page = Page(title, subtitle, "", 0.3 + 0.22 * len(lines))
    axes = page.canvas()
    for number, line in enumerate(lines):
        axes.text(0, 0.2 + 0.22 * number, line, fontsize=9.5)
    return page.figure


def blues() -> Colormap:
    """From the page's white to blue."""
    return LinearSegmentedColormap.from_list("blues", ["#ffffff", BLUE])


@contextmanager
def styled() -> Iterator[None]:
    """Draws in the house's look, whatever the settings of the user's matplotlib are."""
    with style.context(["default", _STYLE]):
        yield


def svg(figure: Figure, made_from: str) -> str:
    """The figure as an SVG document that says what it was made from; within `styled`."""
    written = io.StringIO()
    # Verdana may be missing, and names may have letters that only the reader's fonts know.
    fonts = logging.getLogger("matplotlib.font_manager")
    level = fonts.level
    fonts.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph .* missing from font")
            figure.savefig(written, format="svg", metadata={"Date": None, "Identifier": made_from})
    finally:
        fonts.setLevel(level)
    return written.getvalue()
