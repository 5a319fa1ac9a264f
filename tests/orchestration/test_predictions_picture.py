"""The picture of what was foretold: every number in it is a row of prediction_outcomes."""

import duckdb
import pytest
from matplotlib.patches import Rectangle

from orchestration.publishing.reports.foretold import (
    AllForetold,
    Foretold,
    Tenth,
    draw_foretold,
    read_foretold,
)
from tests.orchestration.drawing import drawn, figure_of, tells

EVENT = Foretold("s", "has_left", True, 4, [Tenth(0.5, 0.25, 0.4), Tenth(0.1, 0.125, 0.2)])
AMOUNT = Foretold("s", "spend_&_more", False, 1, [Tenth(2000, 1234.4, 900), Tenth(5, -3, 1)])


def test_each_target_has_a_panel_and_each_tenth_its_number() -> None:
    left, right = figure_of(draw_foretold, AllForetold("", [EVENT, AMOUNT])).axes
    assert (left.get_title(), right.get_title()) == ("", "")
    assert (left.get_title("left"), right.get_title("left")) == ("has left", "spend & more")
    assert (left.get_title("right"), right.get_title("right")) == ("4 past days", "1 past day")
    assert [label.get_text() for label in left.get_xticklabels()] == ["25%", "12%"]
    assert [label.get_text() for label in right.get_xticklabels()] == ["1,234", "-3"]


def test_bars_are_as_high_as_what_came_and_lines_stand_where_it_was_foretold() -> None:
    left, right = figure_of(draw_foretold, AllForetold("", [EVENT, AMOUNT])).axes
    bars = [[bar.get_height() for bar in axes.patches if isinstance(bar, Rectangle)]
            for axes in (left, right)]  # fmt: skip
    assert bars == [[0.25, 0.125], [1234.4, 0.0]]
    rule, model = ([line[0][1] for line in lines.get_segments()] for lines in left.collections)  # type: ignore[attr-defined]
    assert (rule, model) == ([0.4, 0.2], [0.5, 0.1])


def test_where_nothing_was_foretold_it_is_said() -> None:
    nothing = drawn(draw_foretold, AllForetold("", []))
    assert "No past day has enough days after it yet." in tells(nothing)
    zero = Foretold("s", "t", True, 1, [Tenth(0.0, 0.0, 0.0)])
    assert "0%" in tells(drawn(draw_foretold, AllForetold("", [zero])))


def test_tenths_of_all_days_are_put_together(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute("""
        create schema marts;
        create table marts.prediction_outcomes as
        from (values
            ('s', 't', 'event', 1, date '2024-01-01', 10, 0.5, 0.3, 0.4),
            ('s', 't', 'event', 1, date '2024-02-01', 30, 0.7, 0.5, 0.6),
            ('s', 't', 'event', 2, date '2024-02-01', 30, 0.1, 0.2, 0.3),
            ('s', 'a', 'amount', 1, date '2024-02-01', 7, 10, 20, 30),
            ('r', 't', 'event', 1, date '2024-02-01', 9, 1, 1, 1)
        ) as rows (shop, target, kind, decile, as_of_date, customer_count, expected, actual,
            baseline_expected)
    """)
    other, event, amount = read_foretold(warehouse)
    assert (other.shop, amount.target, amount.is_event, event.days) == ("r", "a", False, 2)
    first, second = event.tenths
    assert first.expected == pytest.approx(0.65)
    assert (first.actual, first.baseline) == (pytest.approx(0.45), pytest.approx(0.55))
    assert second == Tenth(*(pytest.approx(value) for value in (0.1, 0.2, 0.3)))
