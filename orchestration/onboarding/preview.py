"""What a draft makes of the files: some orders and one portrait, as a run would publish them.

The drafted models and all that follows them in the warehouse run in memory over the sample; no rule
is told a second time here.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import starmap

import duckdb

from orchestration.errors import PortraitError
from orchestration.onboarding.guessed import Guess
from orchestration.onboarding.profile import ColumnProfile
from orchestration.onboarding.sample import ORIGIN_OF_SAMPLE, Sample
from orchestration.project import Project
from orchestration.quoting import identifier
from orchestration.warehouse.declared_project import DeclaredProject
from orchestration.warehouse.opening import scalar
from orchestration.warehouse.plain_project import DATABASE, PlainProject
from orchestration.warehouse.rendered_sql import render_models

_MODELS = ("orders", "order_lines", "products", "feature_purchases")
_ORDERS = 3
# So many rows are enough to show some orders, and few enough to cost no second.
_ROWS = 5_000


@dataclass(frozen=True)
class ShownOrder:
    """An order; without amounts where a run would publish none of it.

    Attributes:
        number: Its number.
        customer: The customer's key.
        day: Its day.
        state: Its status, or the reason for which it would be in quarantine.
        lines: Lines of products.
        gross: What they come to before discounts.
        discount: What was taken off.
        net: What was paid for goods.
        currency: That of the amounts.
    """

    number: str | None
    customer: str | None
    day: date | None
    state: str
    lines: int | None = None
    gross: Decimal | None = None
    discount: Decimal | None = None
    net: Decimal | None = None
    currency: str | None = None


@dataclass(frozen=True)
class ShownPortrait:
    """The customer with the most orders.

    Attributes:
        customer: The key.
        orders: Orders that count.
        spend: What was paid for goods and not given back; None: nobody knows.
        currency: That of the spend.
        first_order: Day of the first order.
        last_order: Day of the last one.
        days_between: Mean number of days from one day with orders to the next.
        returned: What was given back.
        top_product: The product with the most spend, by its name where it has one.
        top_category: The category with the most spend.
    """

    customer: str
    orders: int
    spend: Decimal | None
    currency: str | None
    first_order: date | None
    last_order: date | None
    days_between: float | None
    returned: Decimal | None
    top_product: str | None
    top_category: str | None


@dataclass(frozen=True)
class Preview:
    """What there is to see.

    Attributes:
        orders: Some orders, of different states where there are several.
        portrait: One customer's; None where nobody's order is accepted.
        is_part: The files have more orders than were looked at.
        failed: Why there is nothing to see; empty: there is.
    """

    orders: tuple[ShownOrder, ...] = ()
    portrait: ShownPortrait | None = None
    is_part: bool = False
    failed: str = ""


def preview_draft(project: Project, name: str, sample: Sample, guess: Guess) -> Preview:
    """Runs a source's models, as they stand in its folder, over its sample.

    Args:
        project: The project, with the source's models.
        name: The source system.
        sample: What its draft was made from.
        guess: What was guessed of it.
    """
    try:
        plain = render_models(DeclaredProject(project.dbt_project), _MODELS, [name])
        parts = _parts(sample, guess)
        with _warehouse(sample, plain, f"raw_{name}", parts) as warehouse:
            orders = warehouse.execute(_SHOWN_ORDERS).fetchall()
            portraits = warehouse.execute(_SHOWN_PORTRAIT).fetchall()
    except (PortraitError, duckdb.Error) as error:
        return Preview(failed=" ".join(str(error).split()))
    return Preview(
        tuple(starmap(ShownOrder, orders)),
        ShownPortrait(*portraits[0]) if portraits else None,
        is_part=bool(parts),
    )


def _parts(sample: Sample, guess: Guess) -> dict[str, str]:
    """For each table of many orders which of its rows are looked at: whole orders; else nothing."""
    orders, lines = (guess.entities.get(entity) for entity in ("orders", "order_lines"))
    counts = {
        found.table.name: scalar(sample.connection, f"select count(*) from {found.table.relation}")
        for found in (orders, lines)
        if found
    }
    if orders is None or max(counts.values()) <= _ROWS:
        return {}
    first = f"rowid < {_ROWS}"
    key = orders.columns.get("source_order_id")
    if lines is None or lines.table.name == orders.table.name:
        return {orders.table.name: first}
    of_line = lines.columns.get("source_order_id")
    if key is None or of_line is None:
        return {orders.table.name: first, lines.table.name: first}
    keys = f"select {_text(key.profile)} from {_home(sample)}.{orders.table.relation}"
    return {
        orders.table.name: first,
        lines.table.name: f"{_text(of_line.profile)} in ({keys} where {first})",
    }


def _home(sample: Sample) -> str:
    """The database that the sample is in."""
    ((name,),) = sample.connection.execute("select current_database()").fetchall()
    return identifier(name)


def _text(profile: ColumnProfile) -> str:
    return f"trim(cast({identifier(profile.name)} as varchar))"


@contextmanager
def _warehouse(
    sample: Sample, plain: PlainProject, schema: str, parts: Mapping[str, str]
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse in memory, built from the sample; the sample's connection stays as it is."""
    with sample.connection.cursor() as connection:
        connection.execute(f"attach ':memory:' as {DATABASE}")
        try:
            plain.create(connection)
            for table in sample.tables:
                source = f"{_home(sample)}.{table.relation}"
                raw = f"{schema}.{identifier(table.name)}"
                _fill(connection, source, raw, parts.get(table.name, "true"))
            plain.build(connection, {one.layer for one in plain.built} - {"seeds"})
            yield connection
        finally:
            connection.execute(f"use {_home(sample)}; detach {DATABASE}")


def _fill(connection: duckdb.DuckDBPyConnection, sampled: str, raw: str, rows: str) -> None:
    """Puts rows of the sample into a raw table, with where each came from."""
    there = [row[0] for row in connection.execute(f"describe {sampled}").fetchall()]
    declared = [row[0] for row in connection.execute(f"describe {raw}").fetchall()]
    origin = {
        **{name: identifier(kept) for name, kept in ORIGIN_OF_SAMPLE.items()},
        "_load_id": "'sample'",
        # What is landed now is landed at this time.
        "_loaded_at": "cast(now() as timestamp)",
    }
    columns = {name: identifier(name) for name in declared if name in there} | origin
    names = ", ".join(map(identifier, columns))
    connection.execute(
        f"insert into {raw} ({names}) select {', '.join(columns.values())} "
        f"from {sampled} where {rows}"
    )


# One order of each state before a second of any, the fullest first.
_SHOWN_ORDERS = f"""
    with judged as (
        select
            verdicts.source_order_id, verdicts.source_customer_id, verdicts.order_date,
            coalesce(verdicts.reason_code, verdicts.status) as state,
            verdicts.reason_code is not null as is_held,
            orders.line_count, orders.gross_amount, orders.discount_amount, orders.net_amount,
            orders.currency
        from intermediate.int_orders_validated as verdicts
        left join marts.orders as orders
            on verdicts.source_order_id = orders.source_order_id and verdicts.reason_code is null
    ),
    ranked as (
        select *, count(*) over (partition by state) as state_count, row_number() over (
            partition by state order by line_count desc nulls last, order_date, source_order_id
        ) as place
        from judged
    )
    select * exclude (is_held, state_count, place) from ranked
    order by place, is_held, state_count desc, state limit {_ORDERS}
"""
_SHOWN_PORTRAIT = """
    with person as (
        select purchases.* from features.feature_purchases as purchases
        inner join features.as_of_dates as days
            on purchases.shop = days.shop and purchases.as_of_date = days.as_of_date
        where days.is_current and purchases.order_count > 0
        order by purchases.order_count desc, purchases.total_spend desc nulls last, customer_id
        limit 1
    ),
    bought as (
        select lines.*, products.category,
            coalesce(products.name, substr(lines.product_id, strpos(lines.product_id, ':') + 1))
                as product
        from marts.order_lines as lines
        left join marts.products as products on lines.product_id = products.product_id
        where lines.line_kind = 'product' and lines.quantity > 0
    ),
    best as (
        select customer_id, max_by(product, spend) as product
        from (
            select customer_id, product, sum(net_amount - returned_amount) as spend
            from bought group by all order by product
        )
        group by customer_id
    ),
    best_category as (
        select customer_id, max_by(category, spend) as category
        from (
            select customer_id, category, sum(net_amount - returned_amount) as spend
            from bought where category is not null group by all order by category
        )
        group by customer_id
    ),
    documents as (
        select customer_id, any_value(currency) as currency,
            min(order_date) filter (order_number is not null) as first_order,
            max(order_date) filter (order_number is not null) as last_order
        from marts.orders group by customer_id
    )
    select
        substr(person.customer_id, strpos(person.customer_id, ':') + 1), person.order_count,
        person.total_spend, documents.currency, documents.first_order, documents.last_order,
        person.mean_days_between_orders, person.returned_amount, best.product,
        best_category.category
    from person
    left join documents on person.customer_id = documents.customer_id
    left join best on person.customer_id = best.customer_id
    left join best_category on person.customer_id = best_category.customer_id
"""
