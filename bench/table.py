"""`python -m bench.table FILE --outcome COLUMN --yes VALUE`: every method on a table of one's own.

A row is a customer, as in the data sets that papers compare methods on: a state and an outcome, and
no day on which either was known. So customers are dealt into folds by chance, and what comes out
says how well a method tells the two kinds of customers apart, not how well it foretells: a column
that was filled in afterwards helps here, and `no_feature_knows_what_came` is for that.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import duckdb
import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table
from sklearn.model_selection import StratifiedKFold

from ml import evaluation
from ml.candidates import candidates
from ml.fitted import Fitted
from ml.rules import fitted_rules
from ml.target import Bands, Target
from ml.threads import one_thread
from orchestration.quoting import identifier, quoted

FIGURES = ["roc_auc", "pr_auc", "brier_score", "log_loss", "expected_calibration_error"]
_FOLDS = 5
# A text with more values names rather than describes.
_MOST_VALUES = 50


def read_table(file: Path, outcome: str, yes: str) -> tuple[pd.DataFrame, evaluation.Floats]:
    """Numbers, a column a value of each text, and whether the outcome is `yes`.

    Args:
        file: CSV or Parquet, a row a customer.
        outcome: the column that tells what came.
        yes: the value of it that counts.

    Raises:
        click.UsageError: there is no such column, or no such value, or no other.
    """
    with duckdb.connect() as connection:
        # Typed by DuckDB, Yes would be true.
        reader = "read_parquet" if file.suffix == ".parquet" else "read_csv"
        typing = "" if file.suffix == ".parquet" else ", all_varchar = true"
        rows = connection.from_query(f"select * from {reader}({quoted(str(file))}{typing})")
        if outcome not in rows.columns:
            raise click.UsageError(
                f"{file.name} has no column {outcome}: {', '.join(rows.columns)}"
            )
        texts = ", ".join(
            f"nullif(trim(cast({identifier(name)} as varchar)), '') as {identifier(name)}"
            for name in rows.columns
        )
        told = connection.execute(f"select {texts} from rows").df()
    came = np.asarray(told.pop(outcome) == yes, dtype=np.float64)
    if not 0 < came.sum() < len(came):
        raise click.UsageError(f"{outcome} is {yes} in {int(came.sum()):,} of {len(came):,} rows")
    return pd.DataFrame(dict(_columns(told))), came


def _columns(told: pd.DataFrame) -> Iterator[tuple[str, "pd.Series[float]"]]:
    for name, texts in told.items():
        numbers = pd.to_numeric(texts, errors="coerce")
        if numbers.notna().sum() == texts.notna().sum():
            yield str(name), numbers.astype("float64")
        elif texts.nunique() <= _MOST_VALUES:
            for value in sorted(texts.dropna().unique()):
                yield f"{name}={value}", texts.eq(value).astype("float64")


def foretold(
    inputs: pd.DataFrame, came: evaluation.Floats, bands_of: str, names: Sequence[str]
) -> dict[str, evaluation.Floats]:
    """What each method, and the rule of bands of a column, says of customers it has not seen."""
    target = Target("table", "outcome", "event", 1, (Bands("bands", bands_of),), tuple(names))
    told = {name: np.empty(len(came)) for name in ("bands", *names)}
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=0)
    for seen, unseen in folds.split(inputs, came):
        known, asked = inputs.iloc[seen], inputs.iloc[unseen]
        day = pd.Series(pd.Timestamp(0), known.index)
        (rule,) = fitted_rules(target, known, came[seen], day).values()
        told["bands"][unseen] = rule.predict(asked)
        for name in names:
            told[name][unseen] = Fitted(target, name, known, came[seen]).expected(asked)
    return told


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--outcome", required=True, help="The column that tells what came.")
@click.option("--yes", default="1", show_default=True, help="The value of it that counts.")
@click.option("--bands-of", required=True, help="The number by which the rule of thumb tells.")
def main(file: Path, outcome: str, yes: str, bands_of: str) -> None:
    """How well each method tells the customers of a table apart."""
    inputs, came = read_table(file, outcome, yes)
    if bands_of not in inputs:
        raise click.UsageError(f"{bands_of} is no number of {file.name}")
    with one_thread():
        told = foretold(inputs, came, bands_of, list(candidates("event")))
    table = Table(title=f"{file.name}: {outcome} = {yes}, {came.mean():.2%} of {len(came):,}")
    for column in ("method", *FIGURES):
        table.add_column(column.replace("_", " "))
    for name, probability in told.items():
        outcomes = evaluation.tally(came > 0, probability)
        table.add_row(name, *(f"{evaluation.METRICS[one](outcomes):.4f}" for one in FIGURES))
    table.caption = f"{_FOLDS} folds by chance: nothing here is told ahead of time"
    Console(width=120).print(table)


if __name__ == "__main__":
    main(prog_name="python -m bench.table")
