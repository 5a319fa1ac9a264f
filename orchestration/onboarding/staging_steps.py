"""The steps of a staging model after `parsed`, each with one job."""

import textwrap

from orchestration.onboarding.clocks import CLOCK
from orchestration.onboarding.expressions import WIDTH, in_lines, reference
from orchestration.onboarding.guessed import ColumnGuess
from orchestration.onboarding.line_states import LINE_STATUS
from orchestration.onboarding.staging_draft import (
    STEP_INDENT,
    ModelDraft,
    in_order,
    local_name,
    words_anywhere,
)

_LONGEST_LIST = 70

_ORDER_TIME = "order_time"


def spread_fields(model: ModelDraft) -> None:
    """An order's fields may stand on its first line only; other lines get its customer.

    Lines in two currencies make an order of both, of which no rate is known: it waits.
    """
    is_export = model.entity == "orders" and model.found.grain == "group"
    if not (is_export and model.found.has("source_order_id")):
        return
    found, items = model.found.columns, {}
    customer = found.get("source_customer_id")
    if customer and customer.profile.filled < customer.profile.rows:
        items["source_customer_id"] = """\
        coalesce(
            source_customer_id,
            min(source_customer_id) over (partition by source_order_id, origin_file)
        ) as source_customer_id"""
    if "currency" in found:
        items["currency"] = """\
        nullif(
            concat_ws(
                ', ',
                min(currency) over (partition by source_order_id, origin_file),
                nullif(
                    max(currency) over (partition by source_order_id, origin_file),
                    min(currency) over (partition by source_order_id, origin_file)
                )
            ),
            ''
        ) as currency"""
    if items:
        listed = ",\n".join(items.values())
        model.add(
            "filled",
            f"    select\n        {model.everything_but(items)},\n{listed}\n    from {model.last}",
        )


def split_discounts(model: ModelDraft) -> None:
    """What was taken off an order counts what was taken off its lines, which stands there too."""
    if model.entity != "orders" or not model.found.has("line_discount_amount"):
        return
    model.add(
        "discounted",
        f"""\
    select
        {model.everything_but(["discount_amount", "line_discount_amount"])},
        cast(greatest(
            discount_amount - coalesce(
                sum(line_discount_amount) over (partition by source_order_id, origin_file), 0
            ),
            0
        ) as decimal(18, 4)) as discount_amount
    from {model.last}""",
    )
    model.helpers.remove("line_discount_amount")


def add_dates(model: ModelDraft) -> None:
    """UTC times, and days and hours on the shop's own clock."""
    left_out: list[str] = []
    items: list[str] = []
    for column, guessed in in_order(model):
        words = words_anywhere(model, column)
        if words.looks != "time" or model.types.get(column, "timestamp") != "timestamp":
            continue
        is_needed = column in model.types or not model.found.has("source_order_id")
        if not is_needed or (column not in model.types and model.entity != "order_lines"):
            continue
        items += _clock(model, column, guessed, left_out)
    if items:
        lines = ",\n        ".join([model.everything_but(left_out), *items])
        model.add("dated", f"    select\n        {lines}\n    from {model.last}")


def _clock(model: ModelDraft, column: str, guessed: ColumnGuess, left_out: list[str]) -> list[str]:
    words, times = words_anywhere(model, column), guessed.profile.times
    is_utc = times is not None and times.is_utc
    local = f"{{{{ to_local('{column}', '{model.time_zone}') }}}}" if is_utc else local_name(column)
    items = []
    if not is_utc:
        note = f"Times have no zone and are read as {model.time_zone}."
        model.notes += [] if note in model.notes else [note]
        if column in model.types:
            left_out.append(local_name(column))
            items.append(
                f"{{{{ to_utc('{local_name(column)}', '{model.time_zone}') }}}} as {column}"
            )
    if words.day:
        items.append(f"cast({local} as date) as {words.day}")
        model.helpers += [] if words.day in model.types else [words.day]
    if _are_told_apart_by_moment(model):
        items.append(f"strftime({local}, '%H:%M:%S') as {_ORDER_TIME}")
        model.helpers.append(_ORDER_TIME)
    if words.hour in model.types and times and times.has_time:
        clock = CLOCK if times.clock else local
        hour = f"cast(extract(hour from {clock}) as integer) as {words.hour}"
        if len(hour) + len(STEP_INDENT) > WIDTH:
            hour = (
                f"cast(\n            extract(hour from {clock}) as integer\n"
                f"        ) as {words.hour}"
            )
        items.append(hour)
    return items


def make_order_ids(model: ModelDraft) -> None:
    """Where orders have no number: all that a row says; of lines, the moment or else the day."""
    if model.entity not in ("orders", "order_lines") or model.found.has("source_order_id"):
        return
    if _are_told_apart_by_content(model):
        _key_by_content(model)
        return
    key = "source_customer_id || '/' || order_date"
    if _are_told_apart_by_moment(model):
        model.notes.append(
            "No order numbers in this source: what a customer buys at one moment is one order."
        )
        key += f" || ' ' || {_ORDER_TIME}"
    else:
        model.notes.append(
            "No order numbers in this source: what a customer buys on one day is one order."
        )
    model.add(
        "keyed", f"    select\n        *,\n        {key} as source_order_id\n    from {model.last}"
    )


def _are_told_apart_by_content(model: ModelDraft) -> bool:
    """Whether orders have no number, and a row each."""
    found = model.found
    is_whole_order = model.entity == "orders" or bool(found.amount)
    return found.grain == "row" and is_whole_order and not found.has("source_order_id")


def _are_told_apart_by_moment(model: ModelDraft) -> bool:
    """Whether orders have no number, but lines with the time of their receipt.

    Events have a time each: what they bought is told apart by the day.
    """
    found = model.found
    if model.entity not in ("orders", "order_lines") or found.only or found.has("source_order_id"):
        return False
    at = found.columns.get("ordered_at")
    has_time = bool(at and at.profile.times and at.profile.times.has_time)
    return has_time and not _are_told_apart_by_content(model)


def _key_by_content(model: ModelDraft) -> None:
    """A row is an order; a second one of the day is another, unless both are alike in all."""
    model.notes.append(
        "No order numbers in this source: each row is an order, known by its customer, its day and"
        " all that it says. Rows that are alike in everything cannot be told apart: one counts, the"
        " others are in quarantine as duplicate_key."
    )
    _add_row_content(model)
    model.add(
        "keyed",
        f"""\
    select
        {model.everything_but(["row_content"])},
        source_customer_id || '/' || order_date || '/' || row_content as source_order_id
    from {model.last}""",
    )


def _add_row_content(model: ModelDraft) -> None:
    """A hash of all that a row says, in the step that reads it."""
    columns = [reference(column.name) for column in model.found.table.columns]
    listed = in_lines(columns, WIDTH - len(STEP_INDENT) - 4)
    item = f"md5(cast(row(\n{textwrap.indent(listed, '    ')}\n) as varchar)) as row_content,"
    name, body = model.steps[0]
    origin = f"{STEP_INDENT}_origin_file as"
    item = textwrap.indent(item, STEP_INDENT)
    model.steps[0] = (name, body.replace(origin, f"{item}\n{origin}", 1))


def keep_one_row(model: ModelDraft) -> None:
    """Of the rows that make one row of the entity the first, or for descriptions the latest."""
    if model.found.grain != "group":
        return
    if model.entity == "orders":
        # An order is what its newest export says: which one that is, validation finds out.
        key = "source_order_id, source_customer_id, origin_file"
        order = ["ordered_at", "origin_row"]
        # It is cancelled, or came back, only where all its lines are and did.
        if model.found.has(LINE_STATUS):
            order.insert(0, f"{LINE_STATUS} in ('cancelled', 'return')")
        where = ""
    elif model.entity == "order_lines":
        # A line an order: rows after the first may leave all blank but its number.
        key, order, where = "source_order_id, origin_file", ["origin_row"], ""
    else:
        key = "source_customer_id" if model.entity == "customers" else "source_product_id"
        order = _newest_description(model)
        where = f"\n    where {key} is not null"
    model.add(
        "kept",
        f"""\
    select *
    from {model.last}{where}
    qualify row_number() over (
        partition by {key}
        {_order_by(order, 12)}
    ) = 1""",
    )


def _order_by(columns: list[str], indent: int) -> str:
    listed = ", ".join(columns)
    if len(listed) <= _LONGEST_LIST:
        return f"order by {listed}"
    return "order by\n" + textwrap.indent(",\n".join(columns), " " * indent)


def _newest_description(model: ModelDraft) -> list[str]:
    """The order in which rows tell of a customer or a product: the newest one that can be used."""
    # One line with a price that nobody can read does not take the name of a product.
    usable = ["unparsed_values is not null"] if "as unparsed_values" in model.steps[0][1] else []
    usable += ["coalesce(price, 0) < 0"] if model.found.has("price") else []
    newest = [name for name in model.helpers if name.startswith("ordered_at")]
    # Of an order's rows the first is the fullest.
    last = "origin_row" if newest else "origin_row desc"
    return [*usable, *(f"{name} desc" for name in (*newest, "origin_file")), last]


def number_lines(model: ModelDraft) -> None:
    """Line numbers and net amounts, where the source has none."""
    if model.entity != "order_lines":
        return
    found, items = model.found, []
    if found.has_copies:
        # The step that reads the rows knows all they say.
        _add_row_content(model)
        model.helpers.append("row_content")
    if _are_told_apart_by_content(model):
        items.append("1 as line_number")
    elif not found.has("line_number"):
        order = [c for c in ("quantity", "unit_price", "net_amount") if found.has(c)]
        last = "row_content" if found.has_copies else "origin_row"
        columns = ["source_product_id", *order, last]
        rank = "dense_rank" if found.has_copies else "row_number"
        items.append(
            f"cast(\n            {rank}() over (\n"
            "                partition by source_order_id, origin_file\n"
            f"                {_order_by(columns, 20)}\n"
            "            ) as integer\n        ) as line_number"
        )
    items += [] if found.has("net_amount") else [_net_amount(model)]
    if items:
        lines = ",\n        ".join(["*", *items])
        model.add("numbered", f"    select\n        {lines}\n    from {model.last}")


def _net_amount(model: ModelDraft) -> str:
    found = model.found
    if found.has("unit_price"):
        # Beyond ten thousand million the product of two of 18 digits would stop the run.
        amount = "quantity * cast(unit_price as decimal(38, 4))"
        if not found.has("discount_amount"):
            return f"try_cast({amount} as decimal(18, 4)) as net_amount"
        return (
            f"try_cast(\n            {amount}\n"
            "            - coalesce(discount_amount, 0) as decimal(18, 4)\n        ) as net_amount"
        )
    if found.amount:
        return f"cast({found.amount} as decimal(18, 4)) as net_amount"
    model.notes.append("No amounts in this source: every line is worth 0.")
    return "cast(0 as decimal(18, 4)) as net_amount"


def drop_helpers(model: ModelDraft) -> None:
    """Takes the columns out that the contract has not."""
    left = [name for name in dict.fromkeys(model.helpers) if name not in model.types]
    if left:
        model.add(
            "finished",
            f"    select {model.everything_but(left)}\n    from {model.last}",
        )
