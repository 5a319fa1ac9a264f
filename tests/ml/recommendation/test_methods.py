"""The methods by name."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from ml.recommendation.methods import BASELINES, METHODS, without_library
from ml.recommendation.ranking import NONE
from ml.recommendation.recommender import Question
from tests.ml.recommendation.contract import drawn


@pytest.mark.parametrize("name", METHODS)
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


def test_a_method_without_its_library_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert METHODS["als"].is_installed
    monkeypatch.setattr("ml.recommendation.methods.find_spec", lambda name: None)
    assert [name for name, method in METHODS.items() if not method.is_installed] == ["als"]
    assert without_library("als") == (
        "The method als needs the library implicit, which is not installed.",
        "pip install 'portrait[als]', or name other methods.",
    )
