"""The picture of who ordered soon after shows what segment_outcomes says, shop beside shop."""

import duckdb
import pytest
from matplotlib.patches import Rectangle

from orchestration.publishing.reports.outcomes import (
    Outcome,
    Outcomes,
    draw_outcomes,
    read_outcomes,
)
from tests.orchestration.drawing import drawn, figure_of, tells, texts

FOUND = [
    Outcome("corner", "lifecycle_stage", "at_risk", 5, 200, {30: 0.25, 90: 0.5}),
    Outcome("corner", "rfm_segment", "Champions", 1, 29, {30: 1, 90: 1}),
    Outcome("web", "lifecycle_stage", "active", 4, 30, {30: 0.6}),
]


def test_rows_are_read_shop_by_shop_in_the_order_of_their_places() -> None:
    with duckdb.connect() as connection:
        connection.execute("""
            create schema marts;
            create table marts.segment_outcomes as
            select * replace (ordering_share::double as ordering_share) from (values
                ('web', 'rfm_segment', 'Gone', 30, null::int, 4, 0.0),
                ('web', 'rfm_segment', 'Lost', 90, 12, 8, 0.25),
                ('web', 'rfm_segment', 'Lost', 30, 12, 9, 0.125),
                ('web', 'rfm_segment', 'Champions', 30, 1, 5, 1.0),
                ('corner', 'rfm_segment', 'Lost', 30, 12, 1, 0.0)
            ) as rows (
                shop, attribute, attribute_value, horizon_days, position, customer_count,
                ordering_share
            )
        """)
        assert read_outcomes(connection) == [
            Outcome("corner", "rfm_segment", "Lost", 12, 1, {30: 0}),
            Outcome("web", "rfm_segment", "Champions", 1, 5, {30: 1}),
            Outcome("web", "rfm_segment", "Lost", 12, 9, {30: 0.125, 90: 0.25}),
            Outcome("web", "rfm_segment", "Gone", float("inf"), 4, {30: 0}),
        ]


def test_each_shop_has_a_column_and_each_value_a_row() -> None:
    names, corner, web = figure_of(draw_outcomes, Outcomes("", FOUND)).axes
    told = [text.get_text() for text in names.texts]
    assert told == ["Lifecycle stage", "RFM segment", "active", "at risk", "Champions"]
    assert [text.get_text() for text in corner.texts] == ["corner", "25% · 50%", "100% · 100%"]
    assert [text.get_text() for text in web.texts] == ["web", "60%"]
    (row,) = (text for text in names.texts if text.get_text() == "active")
    assert web.texts[1].xy[1] == row.get_position()[1]  # type: ignore[attr-defined]


def test_bars_are_as_long_as_shares_and_pale_where_few_are_known() -> None:
    _, corner, web = figure_of(draw_outcomes, Outcomes("", FOUND)).axes
    bars = [bar for bar in corner.patches if isinstance(bar, Rectangle)]
    assert [bar.get_width() for bar in bars] == [0.5, 0.25, 1, 1]
    assert [bar.get_alpha() for bar in bars] == [0.35, 1, pytest.approx(0.14), 0.4]
    assert [bar.get_alpha() for bar in web.patches] == [1]


def test_an_only_shop_is_not_named() -> None:
    assert "web" not in texts(drawn(draw_outcomes, Outcomes("", FOUND[2:])))


def test_without_a_past_day_the_picture_says_so() -> None:
    assert "No past day has enough days after it yet." in tells(
        drawn(draw_outcomes, Outcomes("", []))
    )


def test_names_are_shown_as_they_are() -> None:
    names = ("a & b", '<Lost> & "found"', "$x_1$ 流失客户")
    hostile = [Outcome(names[0], "rfm_segment", name, 1, 99, {30: 0.5}) for name in names[1:]]
    picture = drawn(draw_outcomes, Outcomes("", [*hostile, *FOUND]))
    assert {"a & b", '<Lost> & "found"', "$x 1$ 流失客户"} <= set(texts(picture))
