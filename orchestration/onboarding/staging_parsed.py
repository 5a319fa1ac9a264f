"""The step `parsed` of a staging model, which reads every column and is where a person edits."""

import textwrap

from orchestration.onboarding.clocks import CLOCK
from orchestration.onboarding.expressions import (
    Expression,
    clock_expression,
    elements,
    reference,
    time_expression,
    unknown_values,
    value_expression,
)
from orchestration.onboarding.guessed import ColumnGuess, EntityGuess
from orchestration.onboarding.profile import ColumnProfile
from orchestration.onboarding.staging_draft import (
    STEP_INDENT,
    ModelDraft,
    import_name,
    in_order,
    local_name,
    select_item,
    words_anywhere,
)
from orchestration.onboarding.vocabulary import entity_words
from orchestration.quoting import code_span, quoted

# A guess that is less sure says so beside its column.
_SURE = 0.8
# Amounts that lower others, whether they stand with a minus or without.
_TAKEN_OFF = ("discount_amount", "refunded_amount")


def add_parsed(model: ModelDraft) -> None:
    """Reads every column that was found, and leaves the doubtful ones as comments."""
    items = [f"'{model.source}' as source_system,"]
    checks: dict[str, str] = {}
    for column, guessed in in_order(model):
        if column in entity_words()[model.entity].helpers:
            continue  # What an order came to is of use for its lines only.
        expression, name = _reading(model, column, guessed)
        if guessed.confidence < _SURE:
            items.append(
                f"-- {guessed.confidence:.2f} sure that this is {code_span(guessed.profile.name)}:"
            )
        items.append(select_item(expression.sql, name))
        items += _clock(model, column, guessed, checks)
        # An unreadable order date does not make its customer or its product unreadable.
        if expression.check and (column in model.types or model.entity == "order_lines"):
            checks[reference(guessed.profile.name)] = expression.check
    items += _assumed(model)
    for column, guessed in model.found.doubtful.items():
        if column in model.types:
            expression, name = _reading(model, column, guessed)
            items.append(f"-- {guessed.confidence:.2f}, too unsure to be used:")
            items += _left_out(select_item(expression.sql, name))
    if model.found.listing:
        # Else an order would be without the lines that nobody can read.
        listing = reference(model.found.listing)
        checks[listing] = f"'{elements(listing)}'"
    items += _unparsed(checks)
    items += ["_origin_file as origin_file,", "_origin_row as origin_row,"]
    # Where the contract asks when a row was loaded, a date after that is impossible.
    items += ["_loaded_at as loaded_at,"] if "loaded_at" in model.types else []
    items += ["_load_id as load_id"]
    text = textwrap.indent("\n".join(items), STEP_INDENT)
    where = f"\n    where {model.found.rows.strip()}" if model.found.rows else ""
    model.add(
        "parsed", f"    select\n{text}\n    from {import_name(model.found.table.name)}{where}"
    )


def _clock(
    model: ModelDraft, column: str, guessed: ColumnGuess, checks: dict[str, str]
) -> list[str]:
    """The time of day by itself, where the day has another column: its hour may be unknown."""
    times = guessed.profile.times
    if times is None or not times.clock or words_anywhere(model, column).hour not in model.types:
        return []
    clock = clock_expression(times.clock)
    model.helpers.append(CLOCK)
    checks[reference(times.clock)] = clock.check or ""
    return [select_item(clock.sql, CLOCK)]


def _left_out(item: str) -> list[str]:
    """A column as a comment. What a macro gives may be several lines, so it is not to be called."""
    if "{{" in item:
        return [f"{{# {item} #}}"]
    return ["-- " + line for line in item.splitlines()]


def _reading(model: ModelDraft, column: str, guessed: ColumnGuess) -> tuple[Expression, str]:
    """How a column is read, and its name in `parsed`."""
    words = words_anywhere(model, column)
    if guessed.sql:
        model.helpers += [] if column in model.types else [column]
        return Expression(guessed.sql), column
    data_type = model.types.get(column, "decimal(18,4)" if words.looks == "money" else "varchar")
    if words.looks == "time":
        is_helper = column not in model.types
        name = (
            column if guessed.profile.times and guessed.profile.times.is_utc else local_name(column)
        )
        if is_helper:
            model.helpers.append(name)
        if guessed.profile.times and guessed.profile.times.is_ambiguous:
            model.notes.append(
                f"{code_span(guessed.profile.name)}: read once its values tell day from month."
            )
        return time_expression(guessed.profile), name
    if column not in model.types:
        model.helpers.append(column)
    if column == "status" and (unknown := unknown_values(guessed.profile, "order_status")):
        model.notes.append(
            "Orders with statuses that the seed order_statuses does not know wait in quarantine: "
            f"{_few(unknown)}."
        )
    read = value_expression(guessed.profile, words.looks, data_type, guessed.is_padded)
    if column.endswith(_TAKEN_OFF) and _is_negative(guessed.profile):
        read = Expression(f"abs({read.sql})", read.check)
    for value in guessed.nobody:
        read = Expression(f"nullif({read.sql}, {quoted(value)})")
    return read, column


def _is_negative(profile: ColumnProfile) -> bool:
    """Whether amounts stand with a minus, as what was taken off does in some exports."""
    telling = [value for value in profile.values if set(value) & set("123456789")]
    return bool(telling) and all("-" in value for value in telling)


def _few(values: list[str], limit: int = 8) -> str:
    more = f" and {len(values) - limit} more" if len(values) > limit else ""
    return ", ".join(map(code_span, values[:limit])) + more


def _unparsed(checks: dict[str, str]) -> list[str]:
    if not checks:
        return []
    entries = "\n".join(f"    '{name}': {check}," for name, check in checks.items())
    return [f"{{{{ unparsed_values({{\n{entries}\n}}) }}}} as unparsed_values,"]


def _assumed(model: ModelDraft) -> list[str]:
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
    items: list[str] = []
    if not found.has("source_product_id"):
        model.notes.append("No products in this source: an order is one line.")
        if found.amount and _has_credits(found):
            return [*items, *_credits(found.amount)]
        items.append("'(whole order)' as source_product_id,")
    if not found.has("quantity"):
        model.notes.append("No quantities in this source: each line counts as one.")
        items.append("cast(1 as decimal(18, 4)) as quantity,")
    return items


def _has_credits(found: EntityGuess) -> bool:
    """Whether some rows give back what others sold."""
    names = ("total_amount", "goods_amount")
    money = [found.columns[name] for name in names if found.has(name)]
    return any("-abs(" in one.sql or any("-" in v for v in one.profile.values) for one in money)


def _credits(amount: str) -> list[str]:
    """A row that gives money back is a return of something, and no order."""
    sold = amount.split(" ")[0]
    return [
        f"case when {sold} < 0 then '(refund)' else '(whole order)' end as source_product_id,",
        f"cast(case when {sold} < 0 then -1 else 1 end as decimal(18, 4)) as quantity,",
    ]


def keep_purchases(model: ModelDraft) -> None:
    """Of a log of events the purchases only, where orders are read from it."""
    kind = model.found.only
    if kind is None:
        return
    # The kind is judged on the raw value, in the step that reads it.
    name, body = model.steps.pop()
    expression = value_expression(kind.profile, "event_kind", "varchar")
    item = textwrap.indent(select_item(expression.sql, "event_kind"), STEP_INDENT)
    model.add(name, body.replace("        _origin_file as", f"{item}\n        _origin_file as", 1))
    model.helpers.append("event_kind")
    model.add("purchases", "    select * from parsed\n    where event_kind = 'purchase'")
