"""What `portrait source add` has to say: what was guessed, how sure, and what is lacking."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table

from orchestration.console import as_typed
from orchestration.onboarding.draft import Draft
from orchestration.onboarding.guessed import ColumnGuess, EntityGuess, Guess
from orchestration.onboarding.preview import Preview
from orchestration.onboarding.profile import ColumnProfile, profile_table
from orchestration.onboarding.sample import Sample, SampledTable
from orchestration.onboarding.vocabulary import lacking, words_of
from orchestration.quoting import plain_line, shortened
from orchestration.warehouse.questions import question_lines

_MANY = 0.5
_AMOUNTS = ("net_amount", "unit_price", "total_amount", "goods_amount")


def print_guess(console: Console, name: str, sample: Sample, guess: Guess) -> None:
    """Prints the entities with their columns, and what their lack means for the portraits."""
    for entity, found in guess.entities.items():
        console.print(_headline(entity, found), soft_wrap=True)
        console.print(_columns(found))
    for table in sample.tables:
        if table.name in guess.unused:
            _say(console, f"{table.origin}: {guess.unused[table.name]}")
        if table.left_out:
            names = ", ".join(repr(shortened(name)) for name in table.left_out)
            _say(console, f"{table.origin}: columns whose names cannot be declared: {names}")
        for note in table.notes:
            _say(console, note)
    for told in sample.unread:
        _say(console, f"not read: {told}")
    if guess.says:
        console.print()
    for told in guess.says:
        _say(console, f"{told}.")
    if guess.questions:
        console.print(
            "\nThe data cannot decide. Until you answer, it waits, or is read as it says here:"
        )
    for question in guess.questions:
        for line in question_lines(name, question):
            _say(console, as_typed(line))
    console.print(f"\nWhat {name} means for the portraits:")
    for sentence in meanings(sample, guess):
        _say(console, f"  - {sentence}")


def facts(
    name: str, sample: Sample, guess: Guess, draft: Draft, preview: Preview
) -> dict[str, Any]:
    """All that is printed, for whoever is no person."""
    return {
        "name": name,
        "entities": [
            {
                "entity": entity,
                "table": found.table.origin,
                "confidence": found.confidence,
                "is_several_rows_each": found.grain == "group",
                "columns": _told_columns(found.columns),
                "doubtful": _told_columns(found.doubtful),
                "missing": list(guess.missing[entity]),
            }
            for entity, found in guess.entities.items()
        ],
        "unused_tables": {
            table.origin: guess.unused[table.name]
            for table in sample.tables
            if table.name in guess.unused
        },
        "unused_columns": _unused_columns(sample, guess),
        "unread": list(sample.unread),
        "notes": [note for table in sample.tables for note in table.notes],
        "says": list(guess.says),
        "questions": [asdict(question) for question in guess.questions],
        "meanings": meanings(sample, guess),
        "written": list(map(str, draft.written)),
        "left_alone": list(map(str, draft.left_alone)),
        "to_do": draft.hints,
        "preview": asdict(preview),
        "next": f"portrait source check {name}",
    }


def _told_columns(columns: Mapping[str, ColumnGuess]) -> dict[str, dict[str, Any]]:
    return {
        column: {"from": found.profile.name, "confidence": found.confidence}
        for column, found in columns.items()
    }


def print_draft(console: Console, draft: Draft) -> None:
    """Prints what was written, what was left alone, and what is left to do."""
    console.print()
    if not draft.written:
        _say(console, "Nothing was drafted: models of this source are there already.")
    for path in draft.written:
        _say(console, f"written: {path}")
    for path in draft.left_alone:
        _say(console, f"left alone (it is yours, and differs from a new draft): {path}")
    for hint in draft.hints:
        _say(console, f"to do: {hint}")


def print_next(console: Console, name: str, draft: Draft) -> None:
    """Prints the next command."""
    console.print(
        f"\nNext: read the drafts in {draft.folder}, correct what is wrong, and ask\n"
        f"  {as_typed('portrait source check')} {name}",
        soft_wrap=True,
    )


def _say(console: Console, line: str) -> None:
    """Prints one line, whatever names stand in it."""
    console.print(plain_line(line), soft_wrap=True)


def meanings(sample: Sample, guess: Guess) -> list[str]:
    """What can be made of the source and what not, in plain words."""
    return list(dict.fromkeys(_meanings(sample, guess)))


def _meanings(sample: Sample, guess: Guess) -> Iterator[str]:
    told = lacking()
    if not guess.entities:
        yield "nothing can be made of it: no table looks like an entity of the contract"
        return
    if "orders" in guess.entities:
        yield from _about_orders(guess, told)
    else:
        kept = ", ".join(guess.entities)
        yield f"{told['orders']}; what can be kept: {kept}"
        if "customers" in guess.entities:
            yield "demographics can be kept as customers: they join the portraits of other sources"
    unused = _unused_columns(sample, guess)
    for column in unused:
        for word in words_of(column):
            if f"unused.{word}" in told:
                yield told[f"unused.{word}"]
    if unused:
        yield f"columns that were not used: {', '.join(unused)}"


def _about_orders(guess: Guess, told: dict[str, str]) -> Iterator[str]:
    entities = guess.entities
    orders, lines = entities["orders"], entities.get("order_lines")
    if lines is None:
        yield told["order_lines"]
    elif not lines.has(*_AMOUNTS):
        yield told["order_lines.amount"]
    if lines is not None and not lines.has("source_product_id"):
        yield told["order_lines.source_product_id"]
    for column in ("source_order_id", "status", "channel", "currency"):
        if not orders.has(column):
            yield told[f"orders.{column}"]
    time = orders.columns.get("ordered_at")
    if time and time.profile.times and not time.profile.times.has_time:
        yield told["orders.order_hour"]
    for entity in ("customers", "products", "events"):
        if entity not in entities:
            yield told[entity]
    if "products" in entities and not entities["products"].has("category_path"):
        yield told["products.category_path"]


def _unused_columns(sample: Sample, guess: Guess) -> list[str]:
    """All of them; what holds money, a state, a date or a key first, since it may matter most."""
    used = {
        (table.name, column.profile.name)
        for found in guess.entities.values()
        for table, columns in _read_of(found)
        for column in columns
    }
    listing = {found.table.name: found.table for found in guess.entities.values()}
    listing = {name: table for name, table in listing.items() if table.listed}
    used |= {(one.raw_table.name, one.listed.column) for one in listing.values() if one.listed}
    unused = {
        profile.name: _kind_of(profile)
        for table in (*sample.tables, *listing.values())
        if table.name not in guess.unused
        for profile in profile_table(sample, table).values()
        if (table.name, profile.name) not in used
    }
    return sorted(unused, key=lambda name: unused[name])


def _read_of(found: EntityGuess) -> Iterator[tuple[SampledTable, list[ColumnGuess]]]:
    """The tables that an entity is read from, with their columns."""
    yield found.table, [*found.columns.values(), *found.doubtful.values()]
    if found.returned:
        yield found.returned.table, list(found.returned.columns.values())


def _kind_of(profile: ColumnProfile) -> int:
    """0 for money, 1 for a state, 2 for a date, 3 for a key, 4 for the rest, 5 for an empty one."""
    if not profile.filled:
        return 5
    if profile.fit("money") == 1 and any("." in v or "," in v for v in profile.values):
        return 0
    if profile.known("order_status") > _MANY:
        return 1
    if profile.fit("time") > _MANY:
        return 2
    return 3 if profile.distinct == profile.filled and profile.fit("key") == 1 else 4


def _headline(entity: str, found: EntityGuess) -> str:
    how = ", several rows make one" if found.grain == "group" else ""
    only = f", rows of {found.only.profile.name} that are purchases" if found.only else ""
    return f"\n{entity} from {found.table.origin}{only}{how} (sure: {found.confidence:.2f})"


def _columns(found: EntityGuess) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2))
    for column, guessed in found.columns.items():
        table.add_row(f"  {column}", f"← {guessed.profile.name}", f"{guessed.confidence:.2f}")
    for column, guessed in found.doubtful.items():
        table.add_row(f"  {column}", f"? {guessed.profile.name}", f"{guessed.confidence:.2f}")
    return table
