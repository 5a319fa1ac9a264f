"""Methods on a table of one's own: what is read of it, and a published data set."""

from pathlib import Path

import click
import numpy as np
import pytest

from bench.table import foretold, read_table
from ml import evaluation
from tests.data_sets import PUBLIC_DATA

ROWS = """id,plan,months,charges,left
a,Basic,1, ,Yes
b,Basic,2,5.5,No
c,"Große, Familie",3,7,No
d,,,8,Yes
"""


def test_texts_become_columns_and_blanks_unknown(tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    file.write_text(ROWS)
    inputs, came = read_table(file, "left", "Yes")
    assert came.tolist() == [1, 0, 0, 1]
    assert inputs["plan=Basic"].tolist() == [1, 1, 0, 0]
    assert inputs["plan=Große, Familie"].tolist() == [0, 0, 1, 0]
    assert inputs["months"].isna().tolist() == [False, False, False, True]
    assert inputs["charges"].isna().tolist() == [True, False, False, False]


@pytest.mark.parametrize(
    ("outcome", "yes", "told"),
    [("went", "Yes", "no column went: id, plan"), ("left", "1", "left is 1 in 0 of 4 rows")],
)
def test_what_cannot_be_asked_is_said(tmp_path: Path, outcome: str, yes: str, told: str) -> None:
    file = tmp_path / "table.csv"
    file.write_text(ROWS)
    with pytest.raises(click.UsageError, match=told):
        read_table(file, outcome, yes)


@pytest.mark.public_data
def test_churn_of_the_telco_table() -> None:
    """7,043 rows, 26.54 % of whom left; logistic regression is published with AUC .84 to .85."""
    file = PUBLIC_DATA / "telco_churn_ibm" / "Telco-Customer-Churn.csv"
    inputs, came = read_table(file, "Churn", "Yes")
    assert len(came) == 7043
    assert came.mean() == pytest.approx(0.2654, abs=5e-5)
    assert int(inputs["TotalCharges"].isna().sum()) == 11
    told = foretold(inputs, came, "tenure", ["logistic_regression"])
    auc = {
        name: evaluation.METRICS["roc_auc"](evaluation.tally(came > 0, probability))
        for name, probability in told.items()
    }
    assert 0.84 < auc["logistic_regression"] < 0.86
    assert 0.7 < auc["bands"] < 0.76
    assert np.isfinite(told["logistic_regression"]).all()
