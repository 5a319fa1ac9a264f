"""Lines that a file has twice: copies of a row, or two equal lines of one basket."""

from collections.abc import Mapping
from dataclasses import replace

from orchestration.onboarding.guessed import EntityGuess
from orchestration.onboarding.measured_amounts import reconcile
from orchestration.onboarding.profile import profile_table
from orchestration.onboarding.sample import ORIGIN_OF_SAMPLE, Sample, SampledTable
from orchestration.quoting import code_span, identifier, plain_line

_ONCE = "told_once"


def settle_copies(chosen: dict[str, EntityGuess], sample: Sample) -> list[str]:
    """Marks in place the lines of which rows that are alike in everything are one.

    They are copies where each line has a number of its own, which copies repeat, or where it is
    without them that amounts add up. Otherwise they are lines, and it is said how many.

    Returns:
        What was found out, in words.
    """
    orders, lines = chosen.get("orders"), chosen.get("order_lines")
    if not (orders and lines) or lines.only or not lines.has("source_order_id"):
        return []
    if lines.has("line_number") or lines.grain != "row" or lines.amount:
        return []
    table, number = lines.table, lines.columns["source_order_id"].profile.name
    copies, example = _copies(sample, table, number)
    if not copies:
        return []
    rows = "row repeats another" if copies == 1 else "rows repeat others"
    told = plain_line(f"{copies:,} {rows} of {code_span(table.origin)} in all they say")
    by = _line_id(chosen, sample, table) or _sums(sample, orders, lines)
    if not by:
        return [f"{told} (order {code_span(example)}): they count, as equal lines of a basket"]
    chosen["order_lines"] = replace(lines, has_copies=True)
    return [f"{told}, and what they say counts once: {by}"]


def _all_columns(table: SampledTable) -> str:
    names = [*(column.name for column in table.columns), ORIGIN_OF_SAMPLE["_origin_file"]]
    return ", ".join(map(identifier, names))


def _copies(sample: Sample, table: SampledTable, number: str) -> tuple[int, str]:
    """How many rows repeat another one of their file, and the order of one."""
    ((copies, example),) = sample.connection.execute(
        f"select coalesce(sum(rows - 1), 0), min({identifier(number)}::varchar) from ("
        f"select {_all_columns(table)}, count(*) as rows from {table.relation} "
        f"where {identifier(number)} is not null group by all having count(*) > 1)"
    ).fetchall()
    return int(copies), example or ""


def _line_id(chosen: Mapping[str, EntityGuess], sample: Sample, table: SampledTable) -> str:
    """What tells that a column numbers the lines of a table, and is nothing else; or nothing."""
    used = {
        column.profile.name
        for found in chosen.values()
        if found.table.name == table.name
        for column in found.columns.values()
    }
    names = [
        name
        for name, profile in profile_table(sample, table).items()
        if name not in used and profile.fit("key") == 1
    ]
    counts = "".join(f", count(distinct {identifier(name)})" for name in names)
    ((different, *distinct),) = sample.connection.execute(
        f"select count(*){counts} from (select distinct {_all_columns(table)} "
        f"from {table.relation})"
    ).fetchall()
    found = [name for name, count in zip(names, distinct, strict=True) if count == different > 1]
    return plain_line(f"{code_span(found[0])} numbers the lines") if found else ""


def _sums(sample: Sample, orders: EntityGuess, lines: EntityGuess) -> str:
    """What tells that orders add up without the copies only; empty: nothing does."""
    once = replace(lines.table, name=_ONCE)
    sample.connection.execute(
        f"create or replace table {once.relation} as "
        f"select distinct {_all_columns(lines.table)} from {lines.table.relation}"
    )
    with_all, _ = reconcile(sample, orders, lines)
    without, _ = reconcile(sample, orders, replace(lines, table=once))
    sample.connection.execute(f"drop table {once.relation}")
    more = without.agreeing - with_all.agreeing
    return f"without them {more:,} more orders add up" if more > 0 else ""
