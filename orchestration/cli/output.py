"""Results as JSON, for whoever is no person."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import click

as_json: Callable[[Callable[..., None]], Callable[..., None]] = click.option(
    "--json", "is_json", is_flag=True, help="Print JSON in place of text."
)


def print_json(value: object) -> None:
    """Prints records, mappings and lists of them on standard output.

    Times are ISO 8601, periods seconds, amounts numbers.
    """
    click.echo(json.dumps(value, default=_plain, ensure_ascii=False, indent=2))


def _plain(value: Any) -> object:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date):  # A datetime is one too.
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return str(value)
