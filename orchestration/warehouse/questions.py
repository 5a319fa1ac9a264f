"""What a source leaves open, kept in its `_sources.yml` until somebody answers."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from orchestration.errors import PortraitError
from orchestration.quoting import code_span, shell_word

UNKNOWN_STATUS = "unknown_status"


@dataclass(frozen=True)
class Question:
    """Something that the data cannot decide.

    Attributes:
        column: The column that it is about, with its file or table before it.
        text: One line that ends in a question mark.
        evidence: What each answer would mean, a line each.
        flag: What answers it, as it is typed behind `portrait source add NAME`; empty: nothing
            that is typed there does.
        reason: The reason code under which rows are in quarantine until it is answered, so that
            without such rows nothing is open; empty: it stands until it is answered.
    """

    column: str
    text: str
    evidence: Sequence[str] = ()
    flag: str = ""
    reason: str = ""

    @property
    def meta(self) -> dict[str, Any]:
        """As it stands in `_sources.yml`."""
        return {name: value for name, value in asdict(self).items() if value}


def read_questions(declared: str, meta: Mapping[str, Any]) -> tuple[Question, ...]:
    """The questions that stand in the meta of a source.

    Raises:
        PortraitError: One is not what `source add` writes.
    """
    try:
        return tuple(
            Question(**{**one, "evidence": tuple(one.get("evidence", ()))})
            for one in meta.get("questions", ())
        )
    except (AttributeError, TypeError) as error:
        raise PortraitError(
            f"{declared} is declared with questions that cannot be read: {error}.",
            "Take `questions` out of its _sources.yml, or add the source again.",
        ) from error


def status_question(value: str, column: str, rows: int) -> Question:
    """What a status means that no word of the seed does.

    Args:
        value: The status.
        column: The source column that has it, as a span of code.
        rows: How many rows have it.
    """
    many = "1 row" if rows == 1 else f"{rows:,} rows"
    return Question(
        column,
        f"What does the status {code_span(value)} ({column}, {many}) mean: completed, "
        "cancelled or return?",
        ("the answer is a line of seeds/order_statuses.csv; until then what has it waits",),
        status_flag(value),
        reason=UNKNOWN_STATUS,
    )


def status_flag(value: str) -> str:
    """What says that a status means a completed order, or something else."""
    return f"--status {shell_word(f'{as_typed(value)}=completed')} (or …=cancelled, …=return)"


def as_typed(value: str, instead: str = "WORD") -> str:
    """A value as it may stand in a flag; what dbt would render or nobody can type is named only."""
    return value if code_span(value) == f"`{value}`" else instead


def question_lines(name: str, question: Question) -> list[str]:
    """A question as it is printed: itself, the evidence, and what answers it."""
    lines = [question.text, *(f"    {line}" for line in question.evidence)]
    if question.flag:
        lines.append(f"    answer: portrait source add {name} {question.flag}")
    return lines
