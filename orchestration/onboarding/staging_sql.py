"""The text of one staging model, from what was guessed of its entity.

A model is a chain of steps, each with one job: `parsed` reads every column (and is where a person
edits), the others keep purchases only, spread what stands on the first row of an order, date, keep
one row of several, and number lines.
"""

import re
import textwrap
from collections.abc import Iterable
from dataclasses import replace

from orchestration.onboarding.expressions import WIDTH, reference
from orchestration.onboarding.guessed import EntityGuess
from orchestration.onboarding.listed_lines import listed_sql
from orchestration.onboarding.staging_draft import ModelDraft, import_name
from orchestration.onboarding.staging_lost_lines import mark_lost_lines
from orchestration.onboarding.staging_parsed import add_parsed, keep_purchases
from orchestration.onboarding.staging_returns import add_returns
from orchestration.onboarding.staging_steps import (
    add_dates,
    drop_helpers,
    keep_one_row,
    make_order_ids,
    number_lines,
    split_discounts,
    spread_fields,
)
from orchestration.onboarding.wrapped import import_sql
from orchestration.quoting import code_span
from orchestration.warehouse.manifest import ORIGIN_TYPES


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
    model = ModelDraft(found, types, source, time_zone)
    add_parsed(model)
    keep_purchases(model)
    spread_fields(model)
    split_discounts(model)
    add_dates(model)
    make_order_ids(model)
    keep_one_row(model)
    mark_lost_lines(model)
    number_lines(model)
    drop_helpers(model)
    add_returns(model)
    made = "\n".join(body for _, body in model.steps)
    left = [name for name in missing if f" as {name}" not in made and name not in found.doubtful]
    return _assemble(model, left)


def _assemble(model: ModelDraft, missing: list[str]) -> str:
    table = model.found.table
    origin = code_span(table.origin)
    head = [f"Drafted from a sample of {origin} by `portrait source add`; yours to edit."]
    head += model.notes
    if missing:
        head.append(f"Not found: {', '.join(missing)}.")
    comments = "\n".join(_comment(sentence, "") for sentence in head)
    ctes = [
        *_imports(model),
        *_import_of_returns(model),
        *model.steps,
    ]
    body = ",\n\n".join(f"{name} as (\n\n{text}\n\n)" for name, text in ctes)
    return f"{comments}\nwith\n\n{body}\n\nselect * from {model.last}\n"


def _imports(model: ModelDraft) -> list[tuple[str, str]]:
    """The rows of the raw table, and where it lists them a row of each, of what is read of it."""
    table = model.found.table
    raw, listed = table.raw_table, table.listed
    imported = [(import_name(raw.name), import_sql(model.source, raw))]
    if listed:
        made = "\n".join(body for _, body in model.steps)
        read = {name: path for name, path in listed.fields.items() if _is_named(name, made)}
        origin = [name for name in ORIGIN_TYPES if _is_named(name, made)]
        rows = listed_sql(replace(listed, fields=read), import_name(raw.name), origin)
        imported.append((import_name(table.name), rows))
    return imported


def _is_named(column: str, sql: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(reference(column))}(?!\w)", sql))


def _import_of_returns(model: ModelDraft) -> list[tuple[str, str]]:
    returned = model.found.returned
    if returned is None or model.entity not in ("orders", "order_lines"):
        return []
    return [(import_name(returned.table.name), import_sql(model.source, returned.table))]


def _comment(text: str, indent: str) -> str:
    lead = f"{indent}-- "
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=lead,
        subsequent_indent=lead,
        break_on_hyphens=False,
    )
