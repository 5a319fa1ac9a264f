"""The files of a simulated shop cut in two: what was there before a day, and what came since."""

from collections.abc import Mapping
from pathlib import Path

import duckdb

from orchestration.quoting import quoted

# When a row came into being, UTC; a line came with its order. Other tables are delivered whole.
_CAME_AT: Mapping[str, str] = {
    "web_shop/customers": "try_cast(created_at as timestamptz) at time zone 'UTC'",
    "web_shop/orders": "try_cast(placed_at as timestamptz) at time zone 'UTC'",
    "web_shop/clickstream": "hit_at",
    "app/users": "make_timestamp_ms(signup_ms)",
    "app/purchases": "make_timestamp_ms(paid_ms)",
    "app/events": "make_timestamp_ms(client_ms)",
    "till/loyalty_cards": "try_strptime(issued_on, '%d/%m/%Y')",
    "till/receipts": "try_strptime(printed_at, '%d/%m/%Y %H:%M')",
    "review_site/authors": "joined_at",
    "review_site/reviews": "try_cast(posted as timestamp)",
    "campaign_tool/sends": "sent_at",
    "campaign_tool/permissions": "logged_at",
    "campaign_tool/coupon_uses": "used_at",
    "survey/answers": "submitted_at",
}
# Lines: the file of their orders, and the column that both have.
_CAME_WITH: Mapping[str, tuple[str, str]] = {
    "web_shop/order_items": ("web_shop/orders", "order_no"),
    "app/purchase_items": ("app/purchases", "purchase_id"),
    "till/receipt_lines": ("till/receipts", "receipt_no"),
}


def cut(raw: Path, before: Path, since: Path, first: str, end: str) -> tuple[int, int]:
    """Writes the rows of each file into two folders, by when they came.

    Args:
        raw: The folder that `portrait simulate` wrote.
        before: Gets what came before `first`, or at no known time, in files of the same names.
        since: Gets what came from `first` on, before `end`, in files with `-since` in their names.
        first: YYYY-MM-DD.
        end: YYYY-MM-DD; later rows are left out.

    Returns:
        Rows before and since.
    """
    counts = [0, 0]
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        for file in sorted(raw.rglob("*.parquet")):
            path = file.relative_to(raw)
            name = str(path.with_suffix("")).rsplit("-", 1)[0]
            came_at = _came_at(raw, name)
            since_name = path.with_stem(f"{path.stem}-since")
            days = f"came_at >= date '{first}' and came_at < date '{end}'"
            for part, (target, condition) in enumerate(
                [(before / path, f"came_at is null or came_at < date '{first}'"),
                 (since / since_name, days)]
            ):  # fmt: skip
                counts[part] += _write(connection, file, came_at, condition, target)
    return counts[0], counts[1]


def _came_at(raw: Path, name: str) -> str:
    """A query part that gives each row of `rows` its time."""
    if name in _CAME_WITH:
        orders, key = _CAME_WITH[name]
        files = quoted(raw / f"{orders}-*.parquet")
        return (
            f"from rows left join (select {key} as order_key, min({_CAME_AT[orders]}) as came_at "
            f"from {files} group by all) on rows.{key} = order_key"
        )
    return f"from (select *, {_CAME_AT.get(name, 'null::timestamp')} as came_at from rows) as rows"


def _write(
    connection: duckdb.DuckDBPyConnection, file: Path, came_at: str, condition: str, target: Path
) -> int:
    target.parent.mkdir(parents=True, exist_ok=True)
    columns = ", ".join(
        f'rows."{row[0]}"' for row in connection.execute(f"describe from {quoted(file)}").fetchall()
    )
    query = f"with rows as (from {quoted(file)}) select {columns} {came_at} where {condition}"
    ((count,),) = connection.execute(
        f"copy ({query}) to {quoted(target)} (format parquet)"
    ).fetchall()
    if not count:
        target.unlink()
    return int(count)
