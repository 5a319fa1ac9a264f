"""Which values of a guessed source can be read in two ways, and what each would mean."""

from collections.abc import Iterable
from dataclasses import replace

import duckdb

from orchestration.landing.written import bare_amount
from orchestration.onboarding.guessed import ColumnGuess, EntityGuess
from orchestration.onboarding.profile import ColumnProfile
from orchestration.onboarding.sample import Sample, SampledTable
from orchestration.onboarding.times import is_month_first, parsed
from orchestration.onboarding.vocabulary import column_words, entity_words
from orchestration.quoting import code_span, identifier, plain_line, quoted
from orchestration.warehouse.questions import Question

_NUMBERS = ("money", "number")
_TIMES = ("time", "date")
# Of these a row is held back until the question is answered; of others the column is left out.
_HELD = ("orders", "order_lines")
_REASON = "unparseable_value"
_MEANINGS = {
    ".": ("decimal comma: the dot groups thousands", "decimal point: the dot marks decimals"),
    ",": ("decimal comma: the comma marks decimals", "decimal point: the comma groups thousands"),
}


def without_undecided(found: EntityGuess) -> EntityGuess:
    """The guess without columns that nobody needs and that can be read in two ways.

    What an order needs is read as soon as the data decides, and held back until then.
    """
    left = {
        name: one
        for name, one in found.columns.items()
        if _is_undecided(found, one) and not _is_needed(found, name)
    }
    if not left:
        return found
    columns = {name: one for name, one in found.columns.items() if name not in left}
    return replace(found, columns=columns, doubtful={**found.doubtful, **left})


def open_questions(sample: Sample, entities: Iterable[EntityGuess]) -> tuple[Question, ...]:
    """A question for each column that can be read in two ways, those that hold rows back first."""
    asked: dict[str, Question] = {}
    for found in entities:
        for name, one in [*found.columns.items(), *found.doubtful.items()]:
            if _is_undecided(found, one):
                is_held = name in found.columns
                question = _question(sample.connection, found.table, one.profile, is_held=is_held)
                asked.setdefault(question.column, question)
    return tuple(sorted(asked.values(), key=lambda question: not question.reason))


def _is_needed(found: EntityGuess, column: str) -> bool:
    is_amount = _looks(found, column) in _NUMBERS
    is_clock = column in ("ordered_at", *entity_words()[found.entity].required)
    return found.entity in _HELD and (is_amount or is_clock)


def _looks(found: EntityGuess, column: str) -> str:
    """What a column holds; some of an order's columns stand on its lines."""
    return column_words(found.entity, column).looks


def _is_undecided(found: EntityGuess, one: ColumnGuess) -> bool:
    looks = _looks(found, one.column)
    if looks in _TIMES:
        return one.profile.times is not None and one.profile.times.is_ambiguous
    return looks in _NUMBERS and is_any_mark(one.profile)


def is_any_mark(profile: ColumnProfile) -> bool:
    """Whether nothing tells if the dot of `1.250`, or the comma, marks decimals."""
    return profile.column.is_text and profile.amount_style[0] == "either"


def _question(
    connection: duckdb.DuckDBPyConnection,
    table: SampledTable,
    profile: ColumnProfile,
    *,
    is_held: bool,
) -> Question:
    reason = _REASON if is_held else ""
    column = f"{table.origin}: {profile.name}"
    if is_any_mark(profile):
        mark = profile.any_mark
        marked = [value for value in profile.values if mark in bare_amount(value)]
        # `1,250` shows more than `1,000`.
        example = min(marked, key=lambda value: bare_amount(value).endswith("000"))
        number = bare_amount(example).replace(mark, ".")
        grouped, marking = number.replace(".", ""), number.rstrip("0").rstrip(".")
        return Question(
            plain_line(column),
            f"Is {code_span(example)} in the column {code_span(profile.name)} of "
            f"{code_span(table.origin)} {grouped} or {marking}?",
            _MEANINGS[mark],
            "--decimal , (or --decimal .)",
            reason,
        )
    times = profile.times
    if times is None:
        raise AssertionError(f"{profile.name} is neither an amount nor a time")
    formats = sorted((times.style, times.other), key=is_month_first)
    example = next(value for value in profile.values if value[:1].isdigit())
    days = [_day(connection, example, form) for form in formats]
    spans = [_span(connection, table, profile.name, form) for form in formats]
    return Question(
        plain_line(column),
        f"Is {code_span(example)} in the column {code_span(profile.name)} of "
        f"{code_span(table.origin)} {days[0]} (day first) or {days[1]} (month first)?",
        (f"day first: all of them are {spans[0]}", f"month first: all of them are {spans[1]}"),
        "--dates day-first (or --dates month-first)",
        reason,
    )


def _day(connection: duckdb.DuckDBPyConnection, value: str, form: str) -> str:
    day = parsed(quoted(value), form)
    row = connection.execute(f"select strftime({day}, '%-d %B %Y')").fetchone()
    return row[0] if row and row[0] else "no day"


def _span(
    connection: duckdb.DuckDBPyConnection, table: SampledTable, column: str, form: str
) -> str:
    day = parsed(f"trim(cast({identifier(column)} as varchar))", form)
    ((first, last),) = connection.execute(
        f"select min({day})::date, max({day})::date from {table.relation}"
    ).fetchall()
    return f"from {first} to {last}"
