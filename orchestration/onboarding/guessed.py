"""What was guessed of a source: entities, and the columns taken for theirs."""

from collections.abc import Mapping
from dataclasses import dataclass

from orchestration.onboarding.profile import ColumnProfile
from orchestration.onboarding.sample import SampledTable
from orchestration.onboarding.vocabulary import Contract
from orchestration.warehouse.questions import Question


@dataclass(frozen=True)
class ColumnGuess:
    """A source column taken for a contract column."""

    column: str
    profile: ColumnProfile
    confidence: float


@dataclass(frozen=True)
class EntityGuess:
    """A table taken for an entity.

    Attributes:
        entity: The input entity.
        table: The table.
        confidence: How sure.
        columns: The guesses at or above the threshold, by contract column; helpers too.
        doubtful: The best guess below the threshold for each other contract column.
        grain: `row`: a row of the entity is a row of the table; `group`: several rows make one.
        only: The entity's rows are those events only that are of this kind.
    """

    entity: str
    table: SampledTable
    confidence: float
    columns: Mapping[str, ColumnGuess]
    doubtful: Mapping[str, ColumnGuess]
    grain: str = "row"
    only: ColumnGuess | None = None

    def has(self, *columns: str) -> bool:
        """Whether one of the columns was found."""
        return any(column in self.columns for column in columns)


@dataclass(frozen=True)
class Guess:
    """Everything that was guessed of a source.

    Attributes:
        entities: The entities that were found, in the contract's order of importance.
        unused: Tables that were not taken for anything, and what each came nearest to.
        contract: The contract that was guessed against.
        missing: Contract columns of each entity for which nothing was found.
        questions: What the data cannot decide.
    """

    entities: Mapping[str, EntityGuess]
    unused: Mapping[str, str]
    contract: Contract
    missing: Mapping[str, tuple[str, ...]]
    questions: tuple[Question, ...] = ()
