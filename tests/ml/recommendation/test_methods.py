"""The methods by name."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from ml.extras import EXTRAS
from ml.recommendation.methods import BASELINES, METHODS, without_library
from ml.recommendation.questions import Question
from ml.recommendation.ranking import NONE
from tests.ml.recommendation.contract import drawn


@pytest.mark.parametrize(
    "name", [name for name, method in METHODS.items() if method.library != "torch"]
)
def test_each_method_answers_what_it_says_with_each_of_its_parameters(name: str) -> None:
    kinds = sparse.csr_array(np.eye(3, dtype=np.float32)[np.arange(30) % 3])
    shop = replace(drawn(60, 30), attributes=kinds)
    for parameters in METHODS[name].tried:
        told = METHODS[name].build(**parameters).fit(shop).answers(shop, 5, METHODS[name].questions)
        for ranking in told.values():
            assert (ranking.products != NONE).mean() > 0.2


def test_each_question_has_a_baseline_that_answers_it() -> None:
    for question in Question:
        assert question in METHODS[BASELINES[question]].questions


def test_libraries_of_extras_are_loaded_by_their_methods_alone() -> None:
    script = "import sys, ml.recommendation.methods; print({*%r} & {*sys.modules})"
    told = subprocess.run(
        [sys.executable, "-c", script % list(EXTRAS)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "set()"


def test_a_method_without_its_library_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert METHODS["als"].is_installed
    monkeypatch.setattr("ml.extras.find_spec", lambda name: None)
    assert [name for name, method in METHODS.items() if not method.is_installed] == [
        "als",
        "autoencoder",
        "self_attention",
    ]
    assert without_library("als") == (
        "The method als needs the library implicit, which is not installed.",
        ".venv/bin/pip install -e '.[als]', or name other methods.",
    )
    assert without_library("autoencoder") == (
        "The method autoencoder needs the library torch, which is not installed.",
        ".venv/bin/pip install -e '.[deep]', or name other methods.",
    )
