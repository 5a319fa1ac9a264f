"""Work side by side: in order, on one thread of the libraries each, the same on any machine."""

import json
import os
import subprocess
import sys
import threading
from functools import partial

import numpy as np
import pandas as pd
import pytest

from ml import threads
from ml.threads import side_by_side
from tests.ml.in_one_call import predict_repurchase
from tests.ml.test_prediction import Maker, assert_same

PATIENCE_SECONDS = 30


@pytest.fixture(autouse=True)
def several_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "cpu_count", lambda: 3)


def test_results_come_in_the_order_of_the_calls() -> None:
    other_is_done = threading.Event()

    def last_to_end() -> str:
        assert other_is_done.wait(PATIENCE_SECONDS)
        return "first"

    def first_to_end() -> str:
        other_is_done.set()
        return "second"

    assert side_by_side([last_to_end, first_to_end]) == ["first", "second"]
    assert side_by_side([]) == []


def test_no_more_are_made_at_once_than_are_allowed() -> None:
    running, most = [], []
    guard = threading.Lock()

    def call(number: int) -> int:
        with guard:
            running.append(number)
            most.append(len(running))
        np.sort(np.random.default_rng(number).random(200_000))
        with guard:
            running.remove(number)
        return number

    assert side_by_side((partial(call, number) for number in range(8)), at_once=2) == [*range(8)]
    assert max(most) <= 2


# A process may be told to use one thread of everything, as a run is and the tests may be: so it is
# asked in one that is told otherwise.
ASKED = """
import json
import threading
import sklearn.ensemble  # Loads OpenMP, as NumPy has loaded BLAS.
from threadpoolctl import threadpool_info
from ml import threads

threads.cpu_count = lambda: 3
second_has_begun, third_has_begun = threading.Event(), threading.Event()

def used():
    return sorted({library["num_threads"] for library in threadpool_info()})

def used_beside_another():
    second_has_begun.wait(30)
    return used()

def used_when_one_has_ended():
    second_has_begun.set()
    third_has_begun.wait(30)  # With two at once the third begins when the first has ended.
    return used()

calls = [used_beside_another, used_when_one_has_ended, third_has_begun.set]
print(json.dumps([used(), *threads.side_by_side(calls, at_once=2)[:2], used()]))
"""


def test_each_uses_one_thread_of_the_libraries_until_all_have_ended() -> None:
    told = {"OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"}
    command = [sys.executable, "-c", ASKED]
    asked = subprocess.run(
        command, env={**os.environ, **told}, capture_output=True, text=True, check=True
    )
    before, one, other, after = json.loads(asked.stdout)
    assert one == other == [1]
    assert before == after
    assert 2 in before


def test_an_error_in_one_is_an_error_of_all() -> None:
    def fails() -> None:
        raise ValueError("the third row is no number")

    with pytest.raises(ValueError, match="the third row is no number"):
        side_by_side([dict, fails])


def test_a_model_learns_the_same_on_any_number_of_cores(
    make_history: Maker, as_of_date: pd.Timestamp, monkeypatch: pytest.MonkeyPatch
) -> None:
    features, labels = make_history()
    on_three = predict_repurchase(features, labels, as_of_date)
    monkeypatch.setattr(threads, "cpu_count", lambda: 1)
    assert_same(predict_repurchase(features, labels, as_of_date), on_three)
