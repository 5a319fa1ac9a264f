"""Which table is which input entity, and which column is which contract column.

Pure: a sample and the contract go in, guesses come out. How sure each is, `table_reader.py` says.
"""

from collections.abc import Collection, Iterable, Mapping

from orchestration.onboarding.clocks import settle_clock
from orchestration.onboarding.copies import settle_copies
from orchestration.onboarding.currencies import settle_currency
from orchestration.onboarding.customer_keys import settle_customers
from orchestration.onboarding.doubts import (
    ask_about_names,
    settle_keys,
    settle_placeholders,
    unknown_statuses,
)
from orchestration.onboarding.formats import format_of
from orchestration.onboarding.found_states import find_states
from orchestration.onboarding.guessed import EntityGuess, Guess
from orchestration.onboarding.line_states import settle_line_states
from orchestration.onboarding.listed_lines import note_lists, with_listed_lines
from orchestration.onboarding.nested_refunds import with_nested_refunds
from orchestration.onboarding.no_products import says_no_products, settle_no_products
from orchestration.onboarding.other_orders import SELLING, ask_about_others
from orchestration.onboarding.partial_refunds import hold_partly_refunded
from orchestration.onboarding.percents import with_percents
from orchestration.onboarding.questions import open_questions, without_undecided
from orchestration.onboarding.restarts import settle_restarts
from orchestration.onboarding.returns import are_returns, take_returns
from orchestration.onboarding.same_rows import add_descriptions, add_from_same_rows, add_purchases
from orchestration.onboarding.sample import Sample, SampledTable
from orchestration.onboarding.settled_amounts import settle_amounts
from orchestration.onboarding.states import settle_states
from orchestration.onboarding.table_reader import TableReader
from orchestration.onboarding.unread_times import ask_about_unread_times
from orchestration.onboarding.vocabulary import Contract, entity_words
from orchestration.quoting import code_span, plain_line
from orchestration.warehouse.questions import Question


def guess(sample: Sample, contract: Contract) -> Guess:
    """Guesses the entities and columns of a sampled source."""
    reader = TableReader(sample)
    reader.check_said()
    sample, reader, listed = with_listed_lines(sample, reader)
    entities = [entity for entity in entity_words() if entity in contract.entities]
    tables = [table for table in sample.tables if not table.questions]
    returns = [table for table in tables if are_returns(table)]
    # What is called returns and stands alone is looked at as anything else.
    returns = returns if len(returns) < len(tables) else []
    tables = [table for table in tables if table not in returns]
    mains = {
        table.name: reader.read(table, "order_lines")
        if table.listed
        else reader.best(table, entities)
        for table in tables
    }
    chosen = _choose(mains.values())
    add_from_same_rows(chosen, reader)
    clocks = settle_clock(chosen)
    guests = settle_customers(chosen, sample, reader)
    if lines := chosen.get("order_lines"):
        chosen["order_lines"] = with_percents(lines, reader.profiles(lines.table))
    restarts = settle_restarts(chosen, sample)
    says, questions, is_held = settle_amounts(chosen, sample, reader.other_totals(chosen))
    if orders := chosen.get("orders"):
        chosen["orders"], refunds = with_nested_refunds(orders, reader.profiles(orders.table))
        says += refunds
    states, unsure = _settle_states(chosen, sample, reader)
    says += [*listed, *clocks, *guests, *restarts, *settle_copies(chosen, sample), *states]
    given_back, unclear = take_returns(chosen, sample, returns, reader)
    says, questions = [*says, *given_back], [*questions, *unsure, *unclear]
    questions += hold_partly_refunded(chosen, sample)
    add_purchases(chosen)
    add_descriptions(chosen, reader)
    line_kinds = settle_no_products(chosen, sample)
    joined, rounded = settle_keys(chosen, sample.answers)
    questions += [*rounded, *settle_placeholders(chosen, sample)]
    questions += ask_about_names(chosen, sample)
    questions += [*unknown_statuses(chosen, sample), *settle_currency(chosen, sample.answers)]
    questions += _formats_say(tables)
    questions += [question for table in sample.tables for question in table.questions]
    has_orders = "orders" in chosen
    for entity in SELLING if is_held else ():
        chosen.pop(entity, None)
    questions += ask_about_others(chosen, sample, [m for m in mains.values() if m.confidence])
    questions += ask_about_unread_times(chosen, tables, reader)
    if not has_orders:
        questions += _without_customer(sample, reader)
    note_lists(chosen)
    used = {found.table.name for found in chosen.values()}
    used |= {found.returned.table.name for found in chosen.values() if found.returned}
    ordered = {entity: without_undecided(chosen[entity]) for entity in entities if entity in chosen}
    return Guess(
        entities=ordered,
        unused={
            table.name: _why_unused(table, returns, mains, reader)
            for table in sample.tables
            if table.name not in used and not table.listed
        },
        contract=contract,
        missing={
            entity: tuple(c for c in contract.guessable(entity) if not found.has(c))
            for entity, found in ordered.items()
        },
        says=tuple(dict.fromkeys([*says, *joined, *says_no_products(line_kinds)])),
        line_kinds=line_kinds,
        questions=(*open_questions(sample, ordered.values()), *dict.fromkeys(questions)),
    )


def _settle_states(
    chosen: dict[str, EntityGuess], sample: Sample, reader: TableReader
) -> tuple[list[str], list[Question]]:
    """What became of each order, and of each line where lines say it themselves."""
    found, unsure = find_states(chosen, reader)
    says = [*found, *settle_states(chosen, sample), *settle_line_states(chosen, sample)]
    return says, unsure


def _formats_say(tables: Iterable[SampledTable]) -> list[Question]:
    """What people must know of the exports that are known."""
    told = []
    for table in tables:
        known = format_of(column.name for column in table.columns)
        if known and known.says:
            origin = code_span(table.origin)
            flag = f"--leave-out {table.name}"
            told.append(Question(origin, plain_line(f"{origin}: {known.says}"), flag=flag))
    return told


def _without_customer(sample: Sample, reader: TableReader) -> list[Question]:
    tables = [table for table in sample.tables if not table.questions]
    told = [(table, reader.without_customer(table)) for table in tables]
    return [
        Question(
            code_span(table.origin),
            plain_line(why),
            flag=f"--columns customer_id=COLUMN (or --leave-out {table.name})",
        )
        for table, why in told
        if why
    ]


def _choose(mains: Iterable[EntityGuess]) -> dict[str, EntityGuess]:
    """The best table for each entity among those that are this entity before all."""
    chosen: dict[str, EntityGuess] = {}
    for reading in sorted(mains, key=lambda reading: -reading.confidence):
        if reading.confidence:
            chosen.setdefault(reading.entity, reading)
    return chosen


def _why_unused(
    table: SampledTable,
    returns: Collection[SampledTable],
    mains: Mapping[str, EntityGuess],
    reader: TableReader,
) -> str:
    if not any(profile.rows for profile in reader.profiles(table)):
        return "has no rows below its header, so it is left out"
    if table in returns:
        return "looks like returns"
    main = mains.get(table.name)
    if main is None:
        return "waits for an answer"
    if not main.confidence:
        return "looks like no entity of the contract"
    return f"looks like {main.entity} ({main.confidence:.2f}), which another table is surer to be"
