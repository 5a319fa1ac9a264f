"""What was guessed of a source: entities, and the columns taken for theirs."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from orchestration.onboarding.profile import ColumnProfile
from orchestration.onboarding.sample import Sample, SampledTable
from orchestration.onboarding.vocabulary import Contract
from orchestration.warehouse.questions import Question


@dataclass(frozen=True)
class ColumnGuess:
    """A source column taken for a contract column.

    Attributes:
        column: The contract column.
        profile: The source column.
        confidence: How sure.
        sql: How it is read, where that is no matter of its values' looks.
        is_padded: Whether zeros in front of a number belong to it, if it is a key.
        nobody: Values that stand for nobody, if it is a customer's key.
        sampled: How what is more than its column, such as a key or a percentage, is read in the
            sample's own SQL.
    """

    column: str
    profile: ColumnProfile
    confidence: float
    sql: str = ""
    is_padded: bool = True
    nobody: tuple[str, ...] = ()
    sampled: str = ""


@dataclass(frozen=True)
class Returned:
    """A table of what was given back.

    Attributes:
        table: The table.
        columns: Its order's number, product, quantity, amount and day, by contract column.
    """

    table: SampledTable
    columns: Mapping[str, ColumnGuess]


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
        rows: The entity's rows are those only for which this holds, in SQL.
        amount: What a whole order's goods come to, in SQL, where nobody lists its lines.
        returned: The table that says what of it was given back, if there is one.
        has_copies: Rows of a file that are alike in everything are one.
        listing: The column in which the rows list others, from which another entity is read.
    """

    entity: str
    table: SampledTable
    confidence: float
    columns: Mapping[str, ColumnGuess]
    doubtful: Mapping[str, ColumnGuess]
    grain: str = "row"
    only: ColumnGuess | None = None
    rows: str = ""
    amount: str = ""
    returned: Returned | None = None
    has_copies: bool = False
    listing: str = ""

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
        says: What was found out from the data, in words.
        questions: What the data cannot decide.
        line_kinds: Product's key → kind of line, of what is no goods.
    """

    entities: Mapping[str, EntityGuess]
    unused: Mapping[str, str]
    contract: Contract
    missing: Mapping[str, tuple[str, ...]]
    says: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    line_kinds: Mapping[str, str] = field(default_factory=dict)


def without_spare_sheets(sample: Sample, guess: Guess) -> Sample:
    """The sample without sheets of which nothing was taken, where another of the workbook was.

    Nobody reads them, so nothing that is changed in them may stop the source.
    """
    read = [found.table for found in guess.entities.values()]
    read += [found.returned.table for found in guess.entities.values() if found.returned]
    used = {tuple(table.meta.get("files", ())) for table in read}

    def is_spare(table: SampledTable) -> bool:
        is_sheet = table.meta.get("reader") == "excel"
        return is_sheet and table.name in guess.unused and tuple(table.meta["files"]) in used

    return replace(sample, tables=tuple(one for one in sample.tables if not is_spare(one)))
