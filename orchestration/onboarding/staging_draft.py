"""A staging model while it is being written: steps, helper columns, and notes for its head."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from orchestration.onboarding.expressions import WIDTH, reference
from orchestration.onboarding.guessed import ColumnGuess, EntityGuess
from orchestration.onboarding.vocabulary import ColumnWords, column_words, entity_words

STEP_INDENT = " " * 8


@dataclass
class ModelDraft:
    """A staging model while it is being written."""

    found: EntityGuess
    types: dict[str, str]
    source: str
    time_zone: str
    steps: list[tuple[str, str]] = field(default_factory=list)
    # Columns that later steps need and the contract has not.
    helpers: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def entity(self) -> str:
        """Name of the input entity."""
        return self.found.entity

    @property
    def last(self) -> str:
        """Name of the step that the next one reads."""
        return self.steps[-1][0]

    def add(self, name: str, body: str) -> None:
        """A step at the end: a CTE's name and body."""
        self.steps.append((name, body))

    def everything_but(self, columns: Iterable[str]) -> str:
        """All columns of the step before but some, as SQL."""
        left_out = list(columns)
        if not left_out:
            return "*"
        listed = ", ".join(f"'{column}'" for column in left_out)
        return f"{{{{ all_but([{listed}]) }}}}"

    def words(self, column: str) -> ColumnWords:
        """How a column of the entity is recognised."""
        return entity_words()[self.entity].columns[column]


def in_order(model: ModelDraft) -> list[tuple[str, ColumnGuess]]:
    """The columns that were found in the contract's order, helpers last."""
    order = {name: position for position, name in enumerate(model.types)}
    return sorted(model.found.columns.items(), key=lambda item: order.get(item[0], len(order)))


def words_anywhere(model: ModelDraft, column: str) -> ColumnWords:
    """How a column is recognised, where an order's column stands on its lines."""
    return column_words(model.entity, column)


def local_name(column: str) -> str:
    """What a time is called before its clock is known to be UTC."""
    return f"{column}_local"


def select_item(sql: str, name: str) -> str:
    """A column of a SELECT, on two lines where one is too long."""
    line = f"{sql} as {name},"
    longest = max(map(len, line.splitlines()))
    return line if longest <= WIDTH - len(STEP_INDENT) else f"{sql}\n    as {name},"


def import_name(table: str) -> str:
    """The name of the first CTE: the table's own where no step has it."""
    steps = {
        "parsed",
        "purchases",
        "filled",
        "discounted",
        "dated",
        "keyed",
        "kept",
        "counted",
        "judged",
        "numbered",
        "finished",
        "returned",
        "numbered_returns",
        "given_back",
        "with_returns",
    }
    return f"{table}_rows" if table in steps or reference(table) != table else table
