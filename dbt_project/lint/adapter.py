"""Stands in for dbt's `adapter` while sqlfluff lints without a database."""

from collections.abc import Callable


def dispatch(name: str, package: str | None = None) -> Callable[..., str]:
    """Return a macro that writes its first argument: enough for the linter to see an expression."""
    if name == "all_but":
        return lambda *arguments: "*"
    if name == "not_held":
        return lambda *arguments: "not materialized"
    return lambda *arguments: f"({arguments[0]})" if arguments else "union all"
