"""The pictures of a version: all there, of any shop, the same each time, drawn only when needed."""

import subprocess
import sys
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest

from orchestration.publishing.reports.names import (
    OF_LIFETIME_VALUES,
    OF_RECOMMENDATIONS,
    OF_SEGMENTS,
    REPORTS,
    file_names,
    of_predictions,
)
from orchestration.publishing.reports.write import read_pictures, write_pictures
from tests.orchestration.drawing import tells
from tests.orchestration.modelled_shop import Warehouse

DAY = date(2024, 4, 17)
KINDS = [
    *OF_SEGMENTS,
    *of_predictions(["churn", "spend"]),
    *OF_LIFETIME_VALUES,
    *OF_RECOMMENDATIONS,
]
HOSTILE = '<b>Lapsed</b> & "$once$" 流失客户 (median orders 1)'
NOWHERE = Path("/nonexistent")

_TABLES = f"""
    create schema marts; create schema ml; create schema seeds; create schema tags;
    create table seeds.feature_themes (feature varchar, theme varchar, label varchar);
    insert into seeds.feature_themes values ('order_count', 'frequency', 'orders so far');
    create table marts.segment_portraits (shop varchar, segment_id int, segment_name varchar,
        customer_count bigint, median_total_spend double, median_order_count double,
        median_days_since_last_order double, usual_gap_days double);
    create table ml.segment_map (shop varchar, as_of_date date, kind varchar, number int,
        label varchar, segment_id int, x double, y double, x_share double, y_share double);
    create table tags.tags_prediction (shop varchar, as_of_date date, customer_id varchar,
        segment_id int, segment_name varchar);
    create table marts.segment_migrations (shop varchar, attribute varchar, from_date date,
        to_date date, from_value varchar, to_value varchar, customer_count bigint);
    create table marts.segment_outcomes (shop varchar, attribute varchar, attribute_value varchar,
        position int, horizon_days int, customer_count bigint, ordering_share double);
    create table marts.prediction_outcomes (shop varchar, target varchar, kind varchar,
        as_of_date date, decile int, customer_count bigint, expected double, actual double,
        baseline_expected double);
    create table marts.model_metrics (shop varchar, prediction varchar, target varchar,
        metric varchar, note varchar, value double, lower_bound double, upper_bound double,
        baseline_value double, model_name varchar, customer_count bigint, evaluated_on date);
    create table marts.model_curves (shop varchar, target varchar, evaluated_on date,
        curve varchar, series varchar, point int, x double, y double, lower_bound double,
        upper_bound double, customer_count bigint);
    create table marts.feature_importance (shop varchar, target varchar, theme varchar,
        feature varchar, importance double, lower_bound double, upper_bound double);
    create table marts.customer_lifetime_value (shop varchar, customer_id varchar,
        probability_alive double);
    create table ml.alive_grid (shop varchar, as_of_date date, repeat_order_days int,
        recency_days double, observed_days double, probability_alive double);
    insert into marts.model_metrics (shop, prediction, target, metric, note, value) values
        ('empty', 'churn', 'has_left', 'status', 'nothing is served: too short', null),
        ('empty', 'spend', 'amount', 'status', 'nothing is served: too short', null),
        ('empty', null, 'lifetime_value', 'status', 'days with orders not served', 0),
        ('full', 'churn', 'has_left', 'status', 'model served', 1),
        ('full', 'spend', 'amount', 'status', 'baseline served', 0),
        ('full', null, 'lifetime_value', 'status', 'days with orders are served', 1);
    insert into marts.model_metrics values
        ('full', 'churn', 'has_left', 'roc_auc', null, 0.75, 0.7, 0.8, 0.6, null, 0, null),
        ('full', 'spend', 'amount', 'rank_correlation', null, 0.25, null, null, null, null, 0,
            null);
    insert into marts.model_metrics by name
    select 'full' as shop, 'recommendation_' || question as target, method as model_name,
        'ndcg_at_10' as metric, value, value - 0.05 as lower_bound, value + 0.05 as upper_bound,
        37 as customer_count, date '2024-03-20' as evaluated_on
    from (values ('again', 'buy_again', 0.4), ('again', 'personal_frequency', 0.3),
        ('new', 'popularity', 0.1)) as methods (question, method, value);
    insert into marts.model_metrics by name
    select shop, 'recommendation_' || question as target, method as model_name,
        'status' as metric, note
    from (values ('full', 'again', 'buy_again', 'best of 2'),
        ('full', 'new', 'popularity', 'the baseline'),
        ('empty', 'new', 'popularity', 'too few customers to compare methods by'))
        as chosen (shop, question, method, note);
    insert into marts.segment_portraits values
        ('full', 0, 'Loyal', 30, null, 4, 3, null), ('full', 1, $${HOSTILE}$$, 10, 5, 1, 90, 7);
    insert into ml.segment_map
    select 'full', date '{DAY}', 'customer', number, null, number % 2, number, -number, 0.6, 0.3
    from range(40) as customers (number);
    insert into ml.segment_map values
        ('full', date '{DAY}', 'centre', 1, 'Loyal', 0, 19, -19, 0.6, 0.3),
        ('full', date '{DAY}', 'centre', 2, $${HOSTILE}$$, 1, 20, -20, 0.6, 0.3),
        ('full', date '{DAY}', 'feature', 1, 'order_count', -1, 0.7, 0.7, 0.6, 0.3);
    insert into tags.tags_prediction values
        ('full', '{DAY}', 'c-secret', 0, 'Loyal'), ('full', '{DAY}', 'c2', 1, $${HOSTILE}$$),
        ('full', '2024-01-01', 'c-secret', 0, 'Loyal'), ('full', '2024-03-01', 'c2', 2, 'Late');
    insert into marts.segment_migrations values
        ('full', 'segment_name', '2024-01-01', '{DAY}', $${HOSTILE}$$, 'Loyal', 2),
        ('full', 'segment_name', '2024-01-01', '{DAY}', 'Loyal', 'Loyal', 30),
        ('full', 'segment_name', '2024-01-01', '{DAY}', 'Loyal', $${HOSTILE}$$, 10),
        ('full', 'segment_name', '2024-01-01', '{DAY}', '(none)', 'Loyal', 3),
        ('full', 'segment_name', '2024-03-01', '{DAY}', 'Late', 'Loyal', 9),
        ('full', 'rfm_segment', '2024-01-01', '{DAY}', 'Lost', 'Lost', 9);
    insert into marts.segment_outcomes values ('full', 'rfm_segment', 'Lost', 1, 30, 9, 0.5);
    insert into marts.prediction_outcomes values
        ('full', 'has_left', 'event', '2024-02-01', 1, 9, 0.5, 0.4, 0.3);
    insert into marts.model_curves
    select 'full', target, date '2024-02-01', curve, series, point, point / 3, point / 3,
        case when curve = 'calibration' then 0.1 end,
        case when curve = 'calibration' then 1.0 end, 5 * point
    from (values ('has_left', 'roc'), ('has_left', 'precision_recall'), ('has_left', 'gain'),
        ('has_left', 'lift'), ('has_left', 'calibration'), ('amount', 'gain'), ('amount', 'lift'),
        ('amount', 'calibration')) as told (target, curve)
    cross join (values ('model'), ('baseline')) as series (series)
    cross join range(1, 4) as points (point);
    insert into marts.model_curves
    select 'full', 'lifetime_value', date '2024-02-01', 'tracking', series, week, week - 6,
        week * factor, null, null, 40
    from range(1, 12) as weeks (week)
    cross join (values ('actual', 1), ('model', 1.1)) as told (series, factor);
    insert into marts.feature_importance values
        ('full', 'has_left', 'frequency', '(all)', 0.2, 0.1, 0.3),
        ('full', 'has_left', 'frequency', 'order_count', 0.1, 0.0, 0.2),
        ('full', 'has_left', '(none)', 'my_own', -0.1, -0.2, 0.0);
    insert into marts.customer_lifetime_value values ('full', 'c-secret', 0.5);
    insert into ml.alive_grid
    select 'full', date '{DAY}', often, days, 90, days / (days + 10.0 * often)
    from range(1, 4) as frequency (often) cross join range(10, 91, 10) as recency (days);
"""


@pytest.fixture
def shops(warehouse: Warehouse) -> Warehouse:
    """A shop of which all is known, and one of which nothing is."""
    warehouse.execute(_TABLES)
    return warehouse


def written(shops: Warehouse, folder: Path, *names: str, before: Path = NOWHERE) -> dict[str, str]:
    folder.mkdir()
    write_pictures(read_pictures(shops, dict.fromkeys(names, DAY)), folder, before, "code")
    return {file.name: file.read_text("utf-8") for file in (folder / REPORTS).iterdir()}


def test_every_shop_has_every_picture_and_its_name_in_it(shops: Warehouse, tmp_path: Path) -> None:
    found = written(shops, tmp_path / "v", "empty", "full")
    assert set(found) == set(file_names(KINDS, ["empty", "full"]))
    for name, picture in found.items():
        shop = name.removesuffix(".svg").rpartition("-")[2]
        assert any(shop in text for text in [tells(picture)]), name


def test_an_only_shop_has_plain_names(shops: Warehouse, tmp_path: Path) -> None:
    found = written(shops, tmp_path / "v", "full")
    assert set(found) == {f"{kind}.svg" for kind in KINDS}
    assert all("full" not in tells(picture).split() for picture in found.values())


def test_where_nothing_is_known_pictures_say_why(shops: Warehouse, tmp_path: Path) -> None:
    told = {
        name: tells(picture) for name, picture in written(shops, tmp_path / "v", "empty").items()
    }
    for name, reason in {
        "segments": "There are no segments.",
        "segment-map": "Too few customers",
        "segment-migrations": "No past day has segments yet.",
        "outcomes": "No past day has enough days after it yet.",
        "predictions": "No past day has enough days after it yet.",
        "prediction-churn": "nothing is served: too short",
        "prediction-spend": "nothing is served: too short",
        "lifetime-value": "days with orders not served",
        "recommendations": "too few customers to compare methods by",
    }.items():
        assert reason in told[f"{name}.svg"], name


def test_names_are_shown_as_they_are_and_nobody_is_named(shops: Warehouse, tmp_path: Path) -> None:
    found = written(shops, tmp_path / "v", "full")
    words, _, medians = HOSTILE.partition(" (")
    for name in ("segments.svg", "segment-map.svg", "segment-migrations.svg"):
        assert words in tells(found[name]), name
    assert f"({medians}" in tells(found["segments.svg"])
    assert "c-secret" not in "".join(found.values())


def test_pictures_tell_what_the_tables_say(shops: Warehouse, tmp_path: Path) -> None:
    told = {
        name: tells(picture) for name, picture in written(shops, tmp_path / "v", "full").items()
    }
    assert "40 customers in 2 segments" in told["segments.svg"]
    assert "30 · 75%" in told["segments.svg"]
    # Of the days that are 90 days back the latest, by today's names, in the order of ids.
    moves = told["segment-migrations.svg"]
    assert "From 2024-01-01" in moves and "Late" not in moves
    assert "75% 25% 100%" in moves and "(none) · 3" in moves
    assert moves.index("Loyal · 40") < moves.index(" · 2")
    churn = told["prediction-churn.svg"]
    assert "Served is the model." in churn and "0.750 (0.700 to 0.800)" in churn
    assert churn.index("orders so far") < churn.index("my own")
    assert "ROC" not in told["prediction-spend.svg"]
    assert "Served is the rule of thumb." in told["prediction-spend.svg"]
    assert "1st principal component (60% of the differences)" in told["segment-map.svg"]
    assert "40 customers" in told["lifetime-value.svg"]
    assert "(not served)" not in told["lifetime-value.svg"]
    contest = told["recommendations.svg"]
    assert "To buy again (37 customers)" in contest and "Anything" not in contest
    assert "0.400" in contest and contest.index("buy again") < contest.index("personal freq")


def test_the_same_gives_the_same_bytes(shops: Warehouse, tmp_path: Path) -> None:
    first, second = (written(shops, tmp_path / name, "full") for name in "ab")
    assert first == second
    for picture in first.values():
        ElementTree.fromstring(picture)
        assert "<dc:date>" not in picture


def test_only_what_has_changed_is_drawn(shops: Warehouse, tmp_path: Path) -> None:
    before = tmp_path / "before"
    first = written(shops, before, "full")
    shops.execute("update marts.segment_portraits set customer_count = customer_count + 1")
    (before / REPORTS / "outcomes.svg").write_text("damaged")
    (before / REPORTS / "predictions.svg").unlink()
    pictures = read_pictures(shops, {"full": DAY})
    after = tmp_path / "after"
    after.mkdir()
    assert write_pictures(pictures, after, before, "code") == 3
    second = {file.name: file.read_text("utf-8") for file in (after / REPORTS).iterdir()}
    assert {name for name in first if first[name] != second[name]} == {"segments.svg"}
    other = tmp_path / "other"
    other.mkdir()
    assert write_pictures(pictures, other, after, "other code") == len(KINDS)


def test_who_draws_nothing_does_not_load_matplotlib() -> None:
    loaded = "import sys, orchestration.publishing.publish; print('matplotlib' in sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", loaded], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "False"
