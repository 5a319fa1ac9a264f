"""Tables with orders beside the one that is read: others of the shop, or the same once more."""

from collections.abc import Iterable

from orchestration.onboarding.guessed import EntityGuess
from orchestration.onboarding.profile import ColumnProfile
from orchestration.onboarding.sample import Sample
from orchestration.onboarding.times import sampled_time
from orchestration.quoting import code_span, identifier
from orchestration.warehouse.questions import Question

SELLING = ("orders", "order_lines")
# Of so many of its orders that the other table has too, so many are the same.
_SAME = 0.5


def ask_about_others(
    chosen: dict[str, EntityGuess], sample: Sample, mains: Iterable[EntityGuess]
) -> list[Question]:
    """A question for each table of a source's files that has orders or lines too.

    Where they are other orders, a part would be published as if it were all: orders and lines are
    taken out in place until it is answered.
    """
    taken = {found.table.name for found in chosen.values()}
    asked, is_part = [], False
    for one in mains:
        if one.table.name in taken or one.entity not in SELLING or one.entity not in chosen:
            continue
        read = chosen[one.entity]
        found, same = _shared(sample, read, one)
        if "files" not in one.table.meta or same >= _SAME:
            asked.append(_of_the_same(read, one))
            continue
        is_part = True
        asked.append(_of_others(read, one, is_apart=not found))
    for entity in SELLING if is_part else ():
        chosen.pop(entity, None)
    return asked


def _shared(sample: Sample, read: EntityGuess, other: EntityGuess) -> tuple[float, float]:
    """Share of the other's orders whose number is read too, and of those that are the same."""
    if not (read.has("source_order_id") and other.has("source_order_id")):
        return 0.0, 0.0
    alike = ["true"]
    if read.has("source_customer_id") and other.has("source_customer_id"):
        alike = ["one.customer = other.customer"]
    elif read.has("ordered_at") and other.has("ordered_at"):
        alike = ["one.day = other.day"]
    ((numbers, found, same),) = sample.connection.execute(
        "select count(distinct one.number), count(distinct other.number), "
        f"count(distinct other.number) filter ({alike[0]}) from ({_told(other)}) as one "
        f"left join ({_told(read)}) as other on one.number = other.number"
    ).fetchall()
    return (found / numbers, same / numbers) if numbers else (0.0, 0.0)


def _told(found: EntityGuess) -> str:
    """SQL: number, customer and day of each row."""

    def text(column: str) -> str:
        profile = found.columns[column].profile if found.has(column) else None
        return _text(profile) if profile else "null"

    at = found.columns["ordered_at"].profile if found.has("ordered_at") else None
    day = f"cast({sampled_time(at.times, at.name)} as date)" if at and at.times else "null"
    return (
        f"select {text('source_order_id')} as number, lower({text('source_customer_id')}) as "
        f"customer, {day} as day from {found.table.relation}"
    )


def _text(profile: ColumnProfile) -> str:
    return f"nullif(trim(cast({identifier(profile.name)} as varchar)), '')"


def _of_the_same(read: EntityGuess, other: EntityGuess) -> Question:
    origin, kind = code_span(other.table.origin), other.entity.replace("_", " ")
    return Question(
        origin,
        f"{origin} has {kind} too, and only those of {code_span(read.table.origin)} are read: "
        "shall it be left out?",
        ("if not: name its file as those that are read (orders_1.csv, orders_2.csv)",),
        f"--leave-out {other.table.name}",
    )


def _of_others(read: EntityGuess, other: EntityGuess, *, is_apart: bool) -> Question:
    origin, first = code_span(other.table.origin), code_span(read.table.origin)
    kind = other.entity.replace("_", " ")
    own = (
        f"a system of its own, such as a till: leave it out here, and add it beside this one with "
        f"portrait source add {other.table.name} --files FILE --shop SHOP"
    )
    one = "one system: read both as one table"
    leave = f"--leave-out {other.table.name}"
    together = f"--together {read.table.name},{other.table.name} (or {leave})"
    how = "which it has not" if is_apart else "with the same numbers for others"
    return Question(
        origin,
        f"{origin} has {kind} beside those of {first}, {how}: do the two belong together?",
        (one, own) if is_apart else (own,),
        together if is_apart else leave,
    )
