"""The picture of who ordered soon after shows what segment_outcomes says, shop beside shop."""

from xml.etree import ElementTree

import duckdb
import pytest

from orchestration.publishing.outcomes_picture import Outcome, outcomes_chart, read_outcomes

SVG = "{http://www.w3.org/2000/svg}"
FOUND = [
    Outcome("corner", "lifecycle_stage", "at_risk", 5, 200, {30: 0.25, 90: 0.5}),
    Outcome("corner", "rfm_segment", "Champions", 1, 29, {30: 1, 90: 1}),
    Outcome("web", "lifecycle_stage", "active", 4, 30, {30: 0.6}),
]


def shown(outcomes: list[Outcome]) -> ElementTree.Element:
    return ElementTree.fromstring(outcomes_chart(outcomes, "Title"))


def texts(element: ElementTree.Element) -> list[str]:
    return [str(text.text) for text in element.iter(f"{SVG}text")]


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
    chart = shown(FOUND)
    names = ["Lifecycle stage", "active", "at risk", "RFM segment", "Champions"]
    assert [text for text in texts(chart) if text in names] == names
    columns = {column[0].text: column for column in chart.iter(f"{SVG}g")}
    assert texts(columns["corner"])[1:] == ["25% · 50%", "100% · 100%"]
    assert texts(columns["web"])[1:] == ["60%"]
    (row,) = (text for text in chart.iter(f"{SVG}text") if text.text == "active")
    assert columns["web"][-1].get("y") == row.get("y")


def test_bars_are_as_long_as_shares_and_pale_where_few_are_known() -> None:
    corner, web = shown(FOUND).iter(f"{SVG}g")
    drawn = list(corner.iter(f"{SVG}rect"))
    assert [bar.get("opacity") for bar in drawn] == ["0.35", "1.00", "0.14", "0.40"]
    half, quarter, *whole = (float(bar.attrib["width"]) for bar in drawn)
    assert whole[0] == whole[1] > 100
    assert half == pytest.approx(whole[0] / 2, abs=0.5)
    assert quarter == pytest.approx(whole[0] / 4, abs=0.5)
    assert [bar.get("opacity") for bar in web.iter(f"{SVG}rect")] == ["1.00"]


def test_without_a_past_day_the_picture_says_so() -> None:
    assert texts(shown([])) == ["Title", "No past day has enough days after it yet."]


def test_names_are_shown_as_they_are() -> None:
    chart = shown([Outcome("a & b", "rfm_segment", '<Lost> & "found"', 1, 99, {30: 0.5})])
    assert {"a & b", '<Lost> & "found"'} <= set(texts(chart))
