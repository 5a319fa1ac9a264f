"""How a draft's columns are written: a later file that writes one otherwise is asked about."""

from collections import defaultdict

from orchestration.landing.written import INSTANT, ISO, MONEY, PLAIN
from orchestration.onboarding.guessed import ColumnGuess, Guess
from orchestration.onboarding.vocabulary import column_words

# Of which less than this is written alike, nobody can say how it is written.
_SURELY = 0.9


def written_styles(guess: Guess) -> dict[str, dict[str, str]]:
    """Table → column → style, for what the drafted models read from text."""
    styles: dict[str, dict[str, str]] = defaultdict(dict)
    for entity, found in guess.entities.items():
        if "files" not in found.table.meta:
            continue  # What comes from a database is typed there.
        for one in found.columns.values():
            style = _style(entity, one)
            is_read = one.profile.column.is_text and not one.sql
            if style and is_read and one.profile.name not in found.table.wrapped:
                styles[found.table.name][one.profile.name] = style
    return styles


def _style(entity: str, one: ColumnGuess) -> str:
    """A style of which landing knows what reads as it; empty where there is none."""
    looks = column_words(entity, one.column).looks
    if looks in ("time", "date"):
        times = one.profile.times
        if times is None or times.is_ambiguous or times.also or times.share < _SURELY:
            return ""
        is_known = times.style in (ISO, INSTANT) or times.style.startswith("%")
        return times.style if is_known else ""
    if looks not in ("money", "number", "integer"):
        return ""
    style, share = one.profile.amount_style
    return style if share >= _SURELY and style in (PLAIN, *MONEY) else ""
