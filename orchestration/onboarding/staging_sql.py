"""The text of one staging model, from what was guessed of its entity.

A model is a chain of steps, each with one job: `parsed` reads every column (and is where a person
edits), the others keep purchases only, spread what stands on the first row of an order, date, keep
one row of several, and number lines.
"""

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, field

from orchestration.onboarding.expressions import (
    WIDTH,
    Expression,
    reference,
    time_expression,
    unknown_values,
    value_expression,
)
from orchestration.onboarding.guess import ColumnGuess, EntityGuess
from orchestration.onboarding.vocabulary import ColumnWords, entity_words

# A guess that is less sure says so beside its column.
_SURE = 0.8
_STEP_INDENT = " " * 8
_LONGEST_LIST = 70


@dataclass
class _Model:
    """A staging model while it is being written."""

    found: EntityGuess
    types: dict[str, str]
    source: str
    time_zone: str
    steps: list[tuple[str, str]] = field(default_factory=list)
    # Columns that later steps need and the contract has not.
    helpers: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def entity(self) -> str:
        return self.found.entity

    @property
    def last(self) -> str:
        return self.steps[-1][0]

    def add(self, name: str, body: str) -> None:
        self.steps.append((name, body))

    def everything_but(self, columns: Iterable[str]) -> str:
        left_out = list(columns)
        if not left_out:
            return "*"
        listed = ", ".join(f"'{column}'" for column in left_out)
        return f"{{{{ all_but([{listed}]) }}}}"

    def words(self, column: str) -> ColumnWords:
        return entity_words()[self.entity].columns[column]


def staging_model(
    found: EntityGuess,
    types: dict[str, str],
    missing: Iterable[str],
    source: str,
    time_zone: str,
) -> str:
    """The SQL of a staging model.

    Args:
        found: What was guessed.
        types: Contract columns of the entity with their types.
        missing: Contract columns for which nothing was found.
        source: Name of the source system.
        time_zone: IANA name of the clock that times without a zone were read off.
    """
    model = _Model(found, types, source, time_zone)
    _parse(model)
    _keep_purchases(model)
    _spread_customers(model)
    _date(model)
    _make_order_ids(model)
    _keep_one_row(model)
    _number_lines(model)
    _drop_helpers(model)
    made = "\n".join(body for _, body in model.steps)
    left = [name for name in missing if f" as {name}" not in made and name not in found.doubtful]
    return _assemble(model, left)


def _assemble(model: _Model, missing: list[str]) -> str:
    table = model.found.table
    head = [f"Drafted from a sample of {table.origin} by `portrait source add`; yours to edit."]
    head += model.notes
    if missing:
        head.append(f"Not found: {', '.join(missing)}.")
    comments = "\n".join(_comment(sentence, "") for sentence in head)
    ctes = [
        (
            _import_name(table.name),
            f"    select * from {{{{ source('raw_{model.source}', '{table.name}') }}}}",
        ),
        *model.steps,
    ]
    body = ",\n\n".join(f"{name} as (\n\n{text}\n\n)" for name, text in ctes)
    return f"{comments}\nwith\n\n{body}\n\nselect * from {model.last}\n"


def _import_name(table: str) -> str:
    steps = {"parsed", "purchases", "filled", "dated", "keyed", "kept", "numbered", "finished"}
    return f"{table}_rows" if table in steps or reference(table) != table else table


def _comment(text: str, indent: str) -> str:
    lead = f"{indent}-- "
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=lead,
        subsequent_indent=lead,
        break_on_hyphens=False,
    )


def _parse(model: _Model) -> None:
    """Reads every column that was found, and leaves the doubtful ones as comments."""
    items = [f"'{model.source}' as source_system,"]
    checks: dict[str, str] = {}
    for column, guessed in _in_order(model):
        if column in entity_words()[model.entity].helpers:
            continue  # What an order came to is of use for its lines only.
        expression, name = _reading(model, column, guessed)
        if guessed.confidence < _SURE:
            items.append(f"-- {guessed.confidence:.2f} sure that this is {guessed.profile.name}:")
        items.append(_item(expression.sql, name))
        # An unreadable order date does not make its customer or its product unreadable.
        if expression.check and (column in model.types or model.entity == "order_lines"):
            checks[reference(guessed.profile.name)] = expression.check
    items += _assumed(model)
    for column, guessed in model.found.doubtful.items():
        if column in model.types:
            expression, name = _reading(model, column, guessed)
            items.append(f"-- {guessed.confidence:.2f}, too unsure to be used:")
            items += ["-- " + line for line in _item(expression.sql, name).splitlines()]
    items += _unparsed(checks)
    items += [
        "_origin_file as origin_file,",
        "_origin_row as origin_row,",
        "_load_id as load_id",
    ]
    text = textwrap.indent("\n".join(items), _STEP_INDENT)
    model.add("parsed", f"    select\n{text}\n    from {_import_name(model.found.table.name)}")


def _in_order(model: _Model) -> list[tuple[str, ColumnGuess]]:
    """The columns that were found in the contract's order, helpers last."""
    order = {name: position for position, name in enumerate(model.types)}
    return sorted(model.found.columns.items(), key=lambda item: order.get(item[0], len(order)))


def _reading(model: _Model, column: str, guessed: ColumnGuess) -> tuple[Expression, str]:
    """How a column is read, and its name in `parsed`."""
    words = _words_anywhere(model, column)
    data_type = model.types.get(column, "decimal(18,4)" if words.looks == "money" else "varchar")
    if words.looks == "time":
        is_helper = column not in model.types
        name = column if guessed.profile.times and guessed.profile.times.is_utc else _local(column)
        if is_helper:
            model.helpers.append(name)
        if guessed.profile.times and guessed.profile.times.is_ambiguous:
            model.notes.append(
                f"{guessed.profile.name}: the sample fits month first as well as day."
            )
        return time_expression(guessed.profile), name
    if column not in model.types:
        model.helpers.append(column)
    if column == "status" and (unknown := unknown_values(guessed.profile, "order_status")):
        model.notes.append(f"Statuses that are not known count as completed: {_few(unknown)}.")
    return value_expression(guessed.profile, words.looks, data_type), column


def _few(values: list[str], limit: int = 8) -> str:
    more = f" and {len(values) - limit} more" if len(values) > limit else ""
    return " ".join(", ".join(values[:limit]).split()) + more


def _words_anywhere(model: _Model, column: str) -> ColumnWords:
    own = entity_words()[model.entity].columns
    return own[column] if column in own else entity_words()["orders"].columns[column]


def _local(column: str) -> str:
    return f"{column}_local"


def _item(sql: str, name: str) -> str:
    line = f"{sql} as {name},"
    longest = max(map(len, line.splitlines()))
    return line if longest <= WIDTH - len(_STEP_INDENT) else f"{sql}\n    as {name},"


def _unparsed(checks: dict[str, str]) -> list[str]:
    if not checks:
        return []
    entries = "\n".join(f"    '{name}': {check}," for name, check in checks.items())
    return [f"{{{{ unparsed_values({{\n{entries}\n}}) }}}} as unparsed_values,"]


def _assumed(model: _Model) -> list[str]:
    """What has to be there and was not found."""
    found = model.found
    if model.entity == "orders" and not found.has("status"):
        return ["'completed' as status,"]
    if model.entity == "events" and not found.has("source_event_id"):
        return ["_origin_file || '#' || _origin_row as source_event_id,"]
    if model.entity == "reviews" and not found.has("source_review_id"):
        return ["_origin_file || '#' || _origin_row as source_review_id,"]
    if model.entity != "order_lines":
        return []
    items = []
    if not found.has("source_product_id"):
        model.notes.append("No products in this source: an order is one line.")
        items.append("'(whole order)' as source_product_id,")
    if not found.has("quantity"):
        model.notes.append("No quantities in this source: each line counts as one.")
        items.append("cast(1 as decimal(18, 4)) as quantity,")
    return items


def _keep_purchases(model: _Model) -> None:
    kind = model.found.only
    if kind is None:
        return
    # The kind is judged on the raw value, in the step that reads it.
    name, body = model.steps.pop()
    expression = value_expression(kind.profile, "event_kind", "varchar")
    item = textwrap.indent(_item(expression.sql, "event_kind"), _STEP_INDENT)
    model.add(name, body.replace("        _origin_file as", f"{item}\n        _origin_file as", 1))
    model.helpers.append("event_kind")
    model.add("purchases", "    select * from parsed\n    where event_kind = 'purchase'")


def _spread_customers(model: _Model) -> None:
    """An order's fields may stand on its first line only; other lines get its customer."""
    customer = model.found.columns.get("source_customer_id")
    is_export = model.entity == "orders" and model.found.grain == "group"
    if not (is_export and customer and model.found.has("source_order_id")):
        return
    if customer.profile.filled == customer.profile.rows:
        return
    model.add(
        "filled",
        f"""\
    select
        {model.everything_but(["source_customer_id"])},
        coalesce(
            source_customer_id, min(source_customer_id) over (partition by source_order_id)
        ) as source_customer_id
    from {model.last}""",
    )


def _date(model: _Model) -> None:
    """UTC times, and days and hours on the shop's own clock."""
    left_out: list[str] = []
    items: list[str] = []
    for column, guessed in _in_order(model):
        words = _words_anywhere(model, column)
        if words.looks != "time" or model.types.get(column, "timestamp") != "timestamp":
            continue
        is_needed = column in model.types or not model.found.has("source_order_id")
        if not is_needed or (column not in model.types and model.entity != "order_lines"):
            continue
        items += _clock(model, column, guessed, left_out)
    if items:
        lines = ",\n        ".join([model.everything_but(left_out), *items])
        model.add("dated", f"    select\n        {lines}\n    from {model.last}")


def _clock(model: _Model, column: str, guessed: ColumnGuess, left_out: list[str]) -> list[str]:
    words, times = _words_anywhere(model, column), guessed.profile.times
    is_utc = times is not None and times.is_utc
    local = f"{{{{ to_local('{column}', '{model.time_zone}') }}}}" if is_utc else _local(column)
    items = []
    if not is_utc:
        note = f"Times have no zone and are read as {model.time_zone}."
        model.notes += [] if note in model.notes else [note]
        if column in model.types:
            left_out.append(_local(column))
            items.append(f"{{{{ to_utc('{_local(column)}', '{model.time_zone}') }}}} as {column}")
    if words.day:
        items.append(f"cast({local} as date) as {words.day}")
        model.helpers += [] if words.day in model.types else [words.day]
    if words.hour in model.types and times and times.has_time:
        hour = f"cast(extract(hour from {local}) as integer) as {words.hour}"
        if len(hour) + len(_STEP_INDENT) > WIDTH:
            hour = (
                f"cast(\n            extract(hour from {local}) as integer\n"
                f"        ) as {words.hour}"
            )
        items.append(hour)
    return items


def _make_order_ids(model: _Model) -> None:
    if model.entity not in ("orders", "order_lines") or model.found.has("source_order_id"):
        return
    model.notes.append(
        "No order numbers in this source: what a customer buys on one day is one order."
    )
    model.add(
        "keyed",
        f"""\
    select
        *,
        source_customer_id || '/' || order_date as source_order_id
    from {model.last}""",
    )


def _keep_one_row(model: _Model) -> None:
    """Of the rows that make one row of the entity the first, or for descriptions the latest."""
    if model.found.grain != "group":
        return
    if model.entity == "orders":
        key, order = "source_order_id, source_customer_id", "ordered_at, origin_file, origin_row"
        where = ""
    else:
        key = "source_customer_id" if model.entity == "customers" else "source_product_id"
        newest = [name for name in model.helpers if name.startswith("ordered_at")]
        # Of an order's rows the first is the fullest.
        last = "origin_row" if newest else "origin_row desc"
        order = ", ".join([*(f"{name} desc" for name in (*newest, "origin_file")), last])
        where = f"\n    where {key} is not null"
    model.add(
        "kept",
        f"""\
    select *
    from {model.last}{where}
    qualify row_number() over (
        partition by {key}
        order by {order}
    ) = 1""",
    )


def _number_lines(model: _Model) -> None:
    if model.entity != "order_lines":
        return
    found, items = model.found, []
    if not found.has("line_number"):
        order = [c for c in ("quantity", "unit_price", "net_amount") if found.has(c)]
        columns = ["source_product_id", *order, "origin_file", "origin_row"]
        listed = " " + ", ".join(columns)
        if len(listed) > _LONGEST_LIST:
            listed = "\n" + textwrap.indent(",\n".join(columns), " " * 20)
        items.append(
            "cast(\n            row_number() over (\n"
            "                partition by source_order_id\n"
            f"                order by{listed}\n"
            "            ) as integer\n        ) as line_number"
        )
    items += [] if found.has("net_amount") else [_net_amount(model)]
    if items:
        lines = ",\n        ".join(["*", *items])
        model.add("numbered", f"    select\n        {lines}\n    from {model.last}")


def _net_amount(model: _Model) -> str:
    found = model.found
    if found.has("unit_price"):
        discount = " - coalesce(discount_amount, 0)" if found.has("discount_amount") else ""
        quantity = "quantity * unit_price"
        return f"cast({quantity}{discount} as decimal(18, 4)) as net_amount"
    if found.has("order_total"):
        return "order_total as net_amount"
    model.notes.append("No amounts in this source: every line is worth 0.")
    return "cast(0 as decimal(18, 4)) as net_amount"


def _drop_helpers(model: _Model) -> None:
    left = [name for name in dict.fromkeys(model.helpers) if name not in model.types]
    if left:
        model.add(
            "finished",
            f"    select {model.everything_but(left)}\n    from {model.last}",
        )
