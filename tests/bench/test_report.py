"""The figures that are made of the measured ones."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from bench.measure import Cost
from bench.report import as_json, figures, print_report
from bench.rows import (
    COLD,
    COMPARED,
    FORCED,
    NO_NEWS,
    PANDAS,
    PLAIN,
    PORTRAITS,
    SHORT,
    TESTED,
    Bench,
)


def _cost(cpu: float, peak_memory: int = 500_000_000) -> Cost:
    return Cost(wall=cpu / 2, cpu=cpu, peak_memory=peak_memory)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    measured = Bench(tmp_path, ("completejourney",), print)
    measured.costs = {
        COLD: _cost(40),
        FORCED: _cost(34),
        NO_NEWS: _cost(1),
        PLAIN: _cost(28),
        TESTED: _cost(30),
        SHORT: _cost(15),
        PORTRAITS: _cost(21),
        COMPARED: _cost(20),
        PANDAS: _cost(10, peak_memory=1_000_000_000),
    }
    measured.parts = {
        PLAIN: {"landing": 2.0, "sql": 26.0},
        TESTED: {"tests": 2.0},
        SHORT: {"sql": 13.0},
        PORTRAITS: {"sql": 20.0},
    }
    measured.compared = {"purchases": 1234}
    return measured


def test_values_and_verdicts(bench: Bench) -> None:
    found = [(one.value, one.verdict) for one in figures(bench.costs, bench.parts)]
    assert found == [
        (12, "over the target"),
        # A forced run lands nothing: 34 - (28 - 2).
        (8, "PASS"),
        (2, ""),
        (10, ""),
        (1, "PASS"),
        (2, ""),
        (1.3, ""),
        (0.5, ""),
        (2, ""),
    ]


def test_the_report_is_plain_when_piped(bench: Bench) -> None:
    output = io.StringIO()
    print_report(Console(file=output), {"python": "3.11"}, bench)
    text = output.getvalue()
    assert "\x1b" not in text
    assert "target ≤ 10 s: over the target" in text
    assert "1,234 of purchases" in text


def test_json_has_every_figure(bench: Bench) -> None:
    read = json.loads(json.dumps(as_json({"python": "3.11"}, bench)))
    assert read["costs"][COLD]["cpu"] == 40
    assert len(read["figures"]) == 9


def test_pandas_is_skipped_for_other_sources(bench: Bench, tmp_path: Path) -> None:
    del bench.costs[PANDAS], bench.costs[COMPARED]
    bench.compared = None
    output = io.StringIO()
    print_report(Console(file=output), {}, bench)
    assert "The row for pandas is skipped" in output.getvalue()
    assert Bench(tmp_path, ("cdnow=/data",), print).data_by_hand() is None
    assert Bench(tmp_path, ("completejourney", "cdnow=/data"), print).data_by_hand() is None
    given = Bench(tmp_path, ("completejourney=/data",), print).data_by_hand()
    assert given == Path("/data")
