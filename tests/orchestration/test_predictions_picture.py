"""The picture of what was foretold: every number in it is a row of prediction_outcomes."""

import re
from xml.etree import ElementTree

import duckdb
import pytest

from orchestration.publishing.predictions_picture import (
    Foretold,
    Tenth,
    predictions_chart,
    read_foretold,
)

EVENT = Foretold("s", "has_left", True, 4, [Tenth(0.5, 0.25, 0.4), Tenth(0.1, 0.125, 0.2)])
AMOUNT = Foretold("s", "spend_&_more", False, 1, [Tenth(2000, 1234.4, 900), Tenth(5, -3, 1)])


def texts(svg: str) -> list[str]:
    return [text for element in ElementTree.fromstring(svg).iter() if (text := element.text)]


def heights(svg: str) -> list[float]:
    bars = re.findall(r'<rect x="[\d.]+" y="[\d.]+" width="[\d.]+" height="([\d.]+)"', svg)
    return [float(height) for height in bars]


def test_each_target_has_a_panel_and_each_tenth_its_number() -> None:
    svg = predictions_chart([EVENT, AMOUNT], "What was foretold")
    told = texts(svg)
    assert {"has left", "spend & more", "4 past days", "1 past day"} <= set(told)
    assert [text for text in told if re.fullmatch(r"-?[\d,]+%?", text)] == [
        "25%",
        "12%",
        "1,234",
        "-3",
    ]
    assert svg.count('<g class="target">') == 2
    assert svg.count("<path") == 2 * (2 * 2 + 1)


def test_bars_are_as_high_as_what_came() -> None:
    first, second, third, fourth = heights(predictions_chart([EVENT, AMOUNT], "t"))
    # The most of a panel, here what was expected, is 150 high.
    assert (first, second) == (75.0, 37.5)
    assert third == pytest.approx(150 * 1234.4 / 2000, abs=0.1)
    assert fourth == 0.0


def test_where_nothing_was_foretold_it_is_said() -> None:
    assert "No past day has enough days after it yet." in texts(predictions_chart([], "t"))
    nothing = Foretold("s", "t", True, 1, [Tenth(0.0, 0.0, 0.0)])
    assert heights(predictions_chart([nothing], "t")) == [0.0]


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
