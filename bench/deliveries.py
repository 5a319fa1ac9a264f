"""A simulated shop's files as they come: what there was at first, and what a delivery brings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Delivery:
    """What came from one day on and before another; YYYY-MM-DD.

    Attributes:
        folder: Gets the files; but at first, with its name in theirs.
        first: The first day; None: all that came earlier is in it, or at no known time.
        end: The day after the last.
    """

    folder: Path
    first: str | None
    end: str

    @property
    def condition(self) -> str:
        """SQL: whether a row that came at `came_at` is in it."""
        before = f"came_at < date '{self.end}'"
        if self.first is None:
            return f"(came_at is null or {before})"
        return f"(came_at >= date '{self.first}' and {before})"


def cut(raw: Path, deliveries: Iterable[Delivery]) -> list[int]:
    """Writes the rows of each file into the folders of deliveries, by when they came.

    Args:
        raw: The folder that `portrait simulate` wrote.
        deliveries: What comes in one; later rows are left out.

    Returns:
        Rows of each delivery.
    """
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        files = sorted(raw.rglob("*.parquet"))
        return [
            sum(_deliver(connection, raw, file.relative_to(raw), one) for file in files)
            for one in deliveries
        ]


def hold_back(delivered: Path, late: Path, day: str) -> int:
    """Takes the first web order of a day, with its lines, out of one folder and into another.

    Returns:
        Rows that were moved.
    """
    with duckdb.connect() as connection:
        orders = quoted(delivered / "web_shop" / "orders-*.parquet")
        ((order,),) = connection.execute(
            f"select min(order_no) from {orders} where placed_at like ?", [f"{day}%"]
        ).fetchall()
        of_order = f"order_no = {quoted(order)}"
        rows = 0
        for table in ("orders", "order_items"):
            for file in sorted(delivered.glob(f"web_shop/{table}-*.parquet")):
                target = late / "web_shop" / file.with_stem(f"{file.stem}-late").name
                rows += _write(connection, f"from {quoted(file)} where {of_order}", target)
                kept = file.with_suffix(".kept")
                _write(connection, f"from {quoted(file)} where not ({of_order})", kept)
                kept.replace(file)
    return rows


def correct(delivered: Path) -> None:
    """Takes a line of the first file of till receipts as one piece more than it was."""
    with duckdb.connect() as connection:
        file = min(delivered.glob("till/receipt_lines-*.parquet"))
        lines = f"from {quoted(file)}"
        corrected = file.with_suffix(".corrected")
        first = f"(select min(receipt_no) {lines} where pieces > 0)"
        more = f"(receipt_no = {first} and line_no = 1)::integer"
        _write(connection, f"select * replace (pieces + {more} as pieces) {lines}", corrected)
        corrected.replace(file)


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


def _deliver(
    connection: duckdb.DuckDBPyConnection, raw: Path, path: Path, delivery: Delivery
) -> int:
    """Writes the rows of one file that a delivery brings."""
    file = quoted(raw / path)
    names = connection.execute(f"describe from {file}").fetchall()
    columns = ", ".join(f'rows."{name[0]}"' for name in names)
    came_at = _came_at(raw, str(path.with_suffix("")).rsplit("-", 1)[0])
    query = f"with rows as (from {file}) select {columns} {came_at} where {delivery.condition}"
    if delivery.first is not None:
        path = path.with_stem(f"{path.stem}-{delivery.folder.name}")
    return _write(connection, query, delivery.folder / path)


def _write(connection: duckdb.DuckDBPyConnection, query: str, target: Path) -> int:
    """Writes a file, unless it would have no rows; returns how many it has."""
    target.parent.mkdir(parents=True, exist_ok=True)
    ((count,),) = connection.execute(
        f"copy ({query}) to {quoted(target)} (format parquet)"
    ).fetchall()
    if not count:
        target.unlink()
    return int(count)
