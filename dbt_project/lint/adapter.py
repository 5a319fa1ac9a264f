"""Stands in for dbt's `adapter` while sqlfluff lints without a database."""

from collections.abc import Callable


def dispatch(name: str, package: str | None = None) -> Callable[..., str]:
    """Return a macro that writes its first argument: enough for the linter to see an expression."""
    if name == "all_but":
        return lambda *arguments: "*"
    if name == "not_held":
        return lambda *arguments: "not materialized"
    if name == "held":
        return lambda *arguments: "materialized"
    if name == "connected_components":
        return lambda nodes, edges: f"select * from {nodes} cross join {edges}"
    if name == "first_by":
        return lambda *arguments: f"first({arguments[0]})"
    return lambda *arguments: f"({arguments[0]})" if arguments else "union all"
