"""What tests say of a mistake."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

# So speak DuckDB, Jinja, dbt and Python of text that is none of theirs.
_CANNOT_RUN = (
    *("BinderException", "CatalogException", "ParserException"),
    *("Binder Error", "Catalog Error", "Parser Error"),
    *("Compilation Error", "UndefinedError", "dbt project cannot be parsed"),
    *("SyntaxError", "IndentationError", "NameError", "ImportError"),
)


class Outcome(StrEnum):
    """What became of a mistake."""

    NOTICED = "noticed"
    UNNOTICED = "not noticed"
    BROKEN = "cannot run"


@dataclass(frozen=True)
class Verdict:
    """What tests said of a checkout.

    Attributes:
        outcome: Of the mistake in it.
        said: The first complaint.
    """

    outcome: Outcome
    said: str = ""


def verdict_of(complaints: Sequence[str]) -> Verdict:
    """Judges by what failing tests complain of.

    A mistake that does not even compile is none that anybody keeps: a test that fails on it has not
    looked at what the code does.
    """
    for complaint in complaints:
        if any(sign in complaint for sign in _CANNOT_RUN):
            return Verdict(Outcome.BROKEN, complaint)
    return Verdict(Outcome.NOTICED, complaints[0]) if complaints else Verdict(Outcome.UNNOTICED)
