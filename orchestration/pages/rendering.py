"""Templates to HTML: everything from data is escaped, everything from words is in one language."""

import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from orchestration import money as amounts
from orchestration.pages.words import LANGUAGES, Speaker
from orchestration.quoting import json_in_html, plain_lines

_TEMPLATES = Path(__file__).with_name("templates")
_WHOLE_FROM = 1000
_ONE_DECIMAL_BELOW = 0.1
_NOTHING = "–"

Number = float | Decimal | None


@cache
def environment(language: str) -> jinja2.Environment:
    """Jinja for one language: what a template names and nobody gives is an error."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_visible,
    )
    made.globals.update(say=Speaker(language), language=language, languages=LANGUAGES)
    made.filters.update(_FILTERS)
    return made


def render(template: str, language: str, **context: Any) -> str:
    """A page as HTML."""
    return environment(language).get_template(template).render(**context)


def count(value: Number) -> str:
    """A whole number with thousands apart."""
    return _NOTHING if value is None else f"{value:,.0f}"


def amount(value: Number, currency: str | None = None) -> str:
    """An amount; of a thousand and more without its decimals, which nobody reads on a page."""
    if value is None:
        return _NOTHING
    shown = f"{value:,.0f}" if abs(float(value)) >= _WHOLE_FROM else amounts.money(value, currency)
    return f"{shown} {currency}" if currency else shown


def percent(value: Number, *, sign: bool = False) -> str:
    """A share as a percentage, with a decimal where it is small."""
    if value is None:
        return _NOTHING
    decimals = 1 if 0 < abs(float(value)) < _ONE_DECIMAL_BELOW else 0
    rounded = round(float(value) * 100, decimals) + 0.0  # No minus before a nought.
    return f"{rounded:{'+' if sign and rounded else ''}.{decimals}f} %".replace("-", "−")


def number(value: Number, decimals: int = 2) -> str:
    """A number with so many decimals."""
    return _NOTHING if value is None else f"{value:,.{decimals}f}"


def day(value: date | None) -> str:
    """A day as ISO 8601 writes it."""
    return _NOTHING if value is None else f"{value:%Y-%m-%d}"


def moment(value: datetime | None) -> str:
    """A time of UTC to the minute."""
    return _NOTHING if value is None else f"{value:%Y-%m-%d %H:%M} UTC"


def raw(value: Any) -> str:
    """A value as a machine reads it."""
    if value is None:
        return ""
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def as_json(value: Any) -> Markup:
    """A value as JSON in a script element, which no text in it ends."""
    return Markup(json_in_html(json.dumps(value)))  # noqa: S704 - json_in_html escapes.


def as_asset(text: str) -> Markup:
    """A style sheet or script of ours, to stand in a page."""
    return Markup(text)  # noqa: S704 - a file of this package, not of the data.


def _visible(value: Any) -> Any:
    """Spells out what would turn the direction of writing around it, or hide."""
    return plain_lines(value) if type(value) is str and not value.isprintable() else value


_FILTERS: dict[str, Callable[..., Any]] = {
    **{"count": count, "amount": amount, "percent": percent, "number": number},
    **{"day": day, "moment": moment, "raw": raw, "json": as_json, "asset": as_asset},
}
