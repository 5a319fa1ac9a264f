"""Whether what came out of a case is what must be true of it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.cases.case import Case, Figures
from tests.cases.trial import Tried

# A line tells of a doubt if it asks, or says what did not get in.
_TELLS = re.compile(
    r"\?$|\bnot (read|used|accepted|known|decided|understood|published)\b|\bunread\b|\bunused\b"
    r"|refus|held back|quarantine|left out|is empty|left aside|set aside",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Verdict:
    """What is wrong with a case; nothing: it came out right."""

    case: Case
    tried: Tried
    got: str
    wrong: tuple[str, ...]


def judge(case: Case, tried: Tried) -> Verdict:
    """Compares what came out of a case with what must be true of it."""
    found = _by_key(case, tried)
    is_said = _is_said(case, "\n".join(tried.texts))
    wrong = list(_always_wrong(case, tried, found, is_said=is_said))
    off = list(_off(case, tried, found))
    if case.outcome == "numbers":
        wrong += off
        if not case.customers and not is_said:
            wrong.append("the doubt is not named")
    elif case.outcome == "question":
        wrong += _question(case, tried, found, off, is_said=is_said)
    elif off:
        if not is_said:
            wrong += [*off, "the doubt is not named"]
        elif not any(never.unless_said for never in case.never):
            wrong += _differing(case, found)
    got = "numbers" if not off else "asked" if is_said else "silence"
    return Verdict(case, tried, f"{got}: {_told(found) or 'nothing published'}", tuple(wrong))


def _is_said(case: Case, text: str) -> bool:
    lines = [line.strip() for line in text.splitlines() if _TELLS.search(line.strip())]
    return any(
        re.search(pattern, line, re.IGNORECASE) for line in lines for pattern in case.say_any
    )


def _always_wrong(
    case: Case, tried: Tried, found: Mapping[str, Figures], *, is_said: bool
) -> Iterator[str]:
    if any("Traceback (most recent call last)" in text for text in tried.texts):
        yield "a traceback"
    for never in case.never:
        got = found.get(never.customer)
        if got and never.figures.agrees(got) and not (never.unless_said and is_said):
            yield f"{never.customer} {_figures(got)} must never be"
    for key in case.absent:
        if key in found and (found[key].orders or found[key].spend):
            yield f"{key} {_figures(found[key])}, who must have no orders"


def _question(
    case: Case, tried: Tried, found: Mapping[str, Figures], off: list[str], *, is_said: bool
) -> Iterator[str]:
    if not is_said:
        yield "the doubt is not named"
    # Where the numbers do not hang on the answer, it is asked again at every command.
    if case.customers:
        yield from off if found else ()
        for command, text in zip(tried.commands, tried.texts, strict=True):
            if command != "sql" and not _is_said(case, text):
                yield f"the doubt is not named by {command}"
    elif found and not any(never.unless_said for never in case.never):
        yield f"published all the same: {_told(found)}"


def _off(case: Case, tried: Tried, found: Mapping[str, Figures]) -> Iterator[str]:
    """Where the numbers are not those that are asked for."""
    for key, wanted in case.customers.items():
        got = found.get(key, Figures(0, 0.0))
        is_nothing = key not in found and any(one.spend for one in wanted)
        if is_nothing or not any(
            one.agrees(got) or (key not in found and not one.spend) for one in wanted
        ):
            shown = " or ".join(_figures(one) for one in wanted)
            yield f"{key} is {_figures(got) if key in found else 'not there'}, not {shown}"
    for key, got in found.items():
        if key not in case.customers and key not in case.absent and (got.orders or got.spend):
            yield f"{key} {_figures(got)} is nobody"
    if case.portraits_in_all is not None and len(found) > case.portraits_in_all:
        yield f"{len(found)} portraits, not {case.portraits_in_all}"
    for order, day in case.order_dates.items():
        got_day = tried.order_dates.get(order)
        if got_day != day:
            yield f"order {order} is of {got_day}, not {day}"


def _differing(case: Case, found: Mapping[str, Figures]) -> Iterator[str]:
    """What is published and differs, though a question is open."""
    for key, got in found.items():
        wanted = case.customers.get(key, [])
        if (got.orders or got.spend) and not any(one.agrees(got) for one in wanted):
            yield f"{key} {_figures(got)} is published though it is asked"


def _by_key(case: Case, tried: Tried) -> dict[str, Figures]:
    return {case.aliases.get(key, key): figures for key, figures in tried.customers.items()}


def _figures(one: Figures) -> str:
    orders = "any" if one.orders is None else one.orders
    spend = "any" if one.spend is None else f"{one.spend:.2f}"
    return f"{orders}/{spend}" + (f" {one.currency}" if one.currency else "")


def _told(found: Mapping[str, Figures]) -> str:
    return ", ".join(f"{key} {_figures(one)}" for key, one in sorted(found.items()))
