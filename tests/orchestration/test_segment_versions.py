"""Versions of segments: told as months made them, pinned, in force as if none had followed."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ml.kept import from_bytes
from ml.segment_rule import SegmentRule
from orchestration.modelling import model_versions
from orchestration.modelling.kept_models import Maker
from orchestration.modelling.pins import pin_of, pin_version, read_pins, unpin
from orchestration.modelling.pins_table import remember_pins
from orchestration.modelling.segments import make_segments
from orchestration.modelling.steps import tidy_metrics
from orchestration.publishing.model_cards import card_path, model_cards
from orchestration.publishing.served_models import served_models
from tests.orchestration.modelled_shop import FORCED, NORMAL, TABLES, Warehouse, make_features

NAME = "customer_segments"
RULE = SegmentRule(replicates=3, largest_k=4)
# On each first of a month so many more customers that segments are made anew of them.
MANY_MORE = """
    insert into features.customer_features by name
    select * exclude (copy) replace ('more' || copy || customer_id as customer_id,
        (order_count + 7 * copy) % 90 + 1 as order_count)
    from features.customer_features cross join range(8) as copies (copy)
    where as_of_date >= date '2024-04-01' or as_of_date = date '2024-03-01' and copy < 2
"""
CORRECTED = "order_count = order_count % 17 + 1"
VERSIONS = """
    select model_version, cast(made_for as varchar), is_latest, is_pinned, is_served,
        cast(served_since as varchar)
    from ml.model_versions where prediction = 'customer_segments' order by made_for, model_version
"""
BY_DAY = """
    select cast(as_of_date as varchar), list(distinct model_version)
    from ml.customer_segments group by as_of_date order by as_of_date
"""


@pytest.fixture
def shop(warehouse: Warehouse) -> Warehouse:
    """A shop whose segments are made anew on the first of March and of April."""
    make_features(warehouse)
    warehouse.execute(MANY_MORE)
    make(warehouse)
    return warehouse


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "own" / "pinned_models.yml"


def make(warehouse: Warehouse, rule: SegmentRule = RULE, *, is_forced: bool = False) -> None:
    make_segments(warehouse, TABLES, FORCED if is_forced else NORMAL, rule)


def contents(warehouse: Warehouse) -> dict[str, list[tuple[object, ...]]]:
    tables = ("customer_segments", "segment_profiles", "model_metrics", "model_versions")
    return {name: warehouse.execute(f"from ml.{name} order by all").fetchall() for name in tables}


def by_day(warehouse: Warehouse) -> dict[str, list[str]]:
    return dict(warehouse.execute(BY_DAY).fetchall())


def pin(warehouse: Warehouse, file: Path, version: str) -> None:
    """Pins a version, and has a run read that."""
    (content,) = [
        content
        for _, held, content in model_versions.kept_versions(warehouse, NAME)
        if held == version
    ]
    pin_version(file, pin_of("s", NAME, version, content), content)
    remember_pins(warehouse, file)


def take_back(warehouse: Warehouse, file: Path) -> None:
    for one in read_pins(file):
        unpin(file, one)
    remember_pins(warehouse, file)


def note(warehouse: Warehouse) -> str:
    """What is said of the segments that were made last."""
    rows = warehouse.execute("""
        select note from ml.model_metrics inner join ml.customer_segments using (model_version)
        where metric = 'status' limit 1
    """).fetchall()
    return str(rows[0][0])


def test_each_version_is_told_since_when_it_is_in_force(shop: Warehouse) -> None:
    told = shop.execute(VERSIONS).fetchall()
    of_days = by_day(shop)
    assert len(told) > 1
    assert {version for version, *_ in told} == {one for (one,) in of_days.values()}
    for version, made_for, is_latest, is_pinned, is_served, since in told:
        assert of_days[made_for] == [version]
        is_last = version == of_days["2024-04-17"][0]
        assert (is_latest, is_served, is_pinned) == (is_last, is_last, False)
        assert since == (made_for if is_last else None)
    # A warehouse that is made anew has the same, though it saw them all at once.
    before = contents(shop)
    shop.execute("drop schema increments cascade; drop schema ml cascade")
    make(shop)
    assert contents(shop) == before


def test_a_pinned_version_is_in_force_as_if_none_had_followed(shop: Warehouse, file: Path) -> None:
    before, then = contents(shop), by_day(shop)
    old = then["2024-03-01"][0]
    pin(shop, file, old)
    make(shop)
    assert by_day(shop) == {**then, "2024-04-01": [old], "2024-04-17": [old]}
    earlier = [row for row in before["customer_segments"] if str(row[2]) < "2024-04-01"]
    assert len(earlier) > 0
    assert [row for row in contents(shop)["customer_segments"] if row in earlier] == earlier
    assert "pinned by the user (version " + old in note(shop)
    told = {row[0]: row[2:] for row in shop.execute(VERSIONS).fetchall()}
    assert told[old] == (False, True, True, "2024-03-01")
    assert told[then["2024-04-17"][0]] == (True, False, False, None)
    # The choice is an input: made whole at once, all is the same.
    pinned = contents(shop)
    make(shop, is_forced=True)
    assert contents(shop) == pinned
    shop.execute("drop schema increments cascade; drop schema ml cascade")
    make(shop)
    assert contents(shop) == pinned
    take_back(shop, file)
    make(shop)
    assert contents(shop) == before


def test_a_pinned_version_outlives_the_past_that_made_it(shop: Warehouse, file: Path) -> None:
    old = by_day(shop)["2024-03-01"][0]
    pin(shop, file, old)
    shop.execute(f"update features.customer_features set {CORRECTED}")
    make(shop)
    told = by_day(shop)
    assert told["2024-04-17"] == [old]
    assert told["2024-02-01"] != [old]


def test_versions_of_a_past_that_was_corrected_are_forgotten(shop: Warehouse, file: Path) -> None:
    """Taken back, a correction leaves none of its versions; those of other code stay."""
    before, before_versions = contents(shop), shop.execute(VERSIONS).fetchall()
    shop.execute("create temp table features_before as from features.customer_features")
    shop.execute(f"update features.customer_features set {CORRECTED}")
    make(shop)
    corrected = {version for version, *_ in shop.execute(VERSIONS).fetchall()}
    assert not corrected & {version for version, *_ in before_versions}
    assert corrected == {version for (version,) in by_day(shop).values()}
    pin(shop, file, max(corrected))
    shop.execute("create or replace table features.customer_features as from features_before")
    make(shop)
    assert max(corrected) in {version for version, *_ in shop.execute(VERSIONS).fetchall()}
    take_back(shop, file)
    make(shop)
    assert contents(shop) == before
    # What another rule makes does not correct them.
    make(shop, replace(RULE, method="gaussian_mixture"))
    told = {version for version, *_ in shop.execute(VERSIONS).fetchall()}
    assert {version for (version,) in by_day(shop).values()} < told
    assert {version for version, *_ in before_versions} < told


def test_what_other_code_makes_again_is_corrected_by_it_too(shop: Warehouse) -> None:
    """Segments that both make are one version, of the code that made it last."""
    before = shop.execute(VERSIONS).fetchall()
    other = Maker("other code")
    make_segments(shop, TABLES, other, RULE)
    assert shop.execute(VERSIONS).fetchall() == before
    shop.execute(f"update features.customer_features set {CORRECTED}")
    make_segments(shop, TABLES, other, RULE)
    told = {version for version, *_ in shop.execute(VERSIONS).fetchall()}
    assert told == {version for (version,) in by_day(shop).values()}


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (replace(RULE, method="gaussian_mixture"), "features or method were declared anew"),
        (
            replace(RULE, features=("order_count", "average_order_value")),
            "features or method were declared anew",
        ),
    ],
)
def test_segments_that_are_declared_otherwise_pass_it_over(
    shop: Warehouse, file: Path, rule: SegmentRule, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    old = by_day(shop)["2024-03-01"][0]
    pin(shop, file, old)
    make(shop, rule)
    assert old not in [version for day in by_day(shop).values() for version in day]
    assert why in note(shop)
    assert f"portrait models serve {NAME} latest --shop s" in caplog.text


def test_a_past_day_knows_no_version_of_a_later_one(shop: Warehouse, file: Path) -> None:
    then = by_day(shop)
    pin(shop, file, then["2024-04-17"][0])
    shop.execute("delete from features.as_of_dates where as_of_date > date '2024-03-01'")
    shop.execute("update features.as_of_dates set is_current = as_of_date = date '2024-03-01'")
    shop.execute("delete from features.customer_features where as_of_date > date '2024-03-01'")
    make(shop)
    assert "has learned what came after 2024-03-01" in note(shop)
    assert by_day(shop) == {day: then[day] for day in ("2024-02-01", "2024-03-01")}
    assert [row[1] for row in shop.execute(VERSIONS).fetchall()][-1] <= "2024-03-01"


def test_a_version_of_another_kind_is_none(shop: Warehouse, file: Path) -> None:
    """What is pinned as segments must be segments of the shop, whatever its hash says."""
    kept = model_versions.kept_versions(shop, NAME)
    (_, version, content), (_, other, _) = kept[:2]
    pin_version(file, pin_of("s", NAME, other, content), content)
    remember_pins(shop, file)
    make(shop)
    assert "is another: that of s" in note(shop)
    assert from_bytes(content).segments.version == version


def test_tidying_leaves_them(shop: Warehouse) -> None:
    before = contents(shop)["model_versions"]
    tidy_metrics(shop, TABLES, [])
    assert contents(shop)["model_versions"] == before
    assert len(model_versions.kept_versions(shop, NAME)) == len(before)


def test_each_version_has_a_card_that_names_its_segments(shop: Warehouse, file: Path) -> None:
    old = by_day(shop)["2024-03-01"][0]
    pin(shop, file, old)
    make(shop)
    shop.execute("create schema marts; create view marts.model_versions as from ml.model_versions")
    cards = model_cards(shop)
    versions = [version for version, *_ in shop.execute(VERSIONS).fetchall()]
    assert {f"{card_path('s', NAME, one)}.md" for one in versions} < cards.keys()
    text, told = (cards[f"{card_path('s', NAME, old)}.{ending}"] for ending in ("md", "json"))
    assert text.startswith(f"# customer_segments, version {old}\n")
    assert "Served since the portraits of 2024-03-01, as the user has pinned it." in text
    names = shop.execute(
        "select distinct segment_id, segment_name from ml.customer_segments"
        f" where model_version = '{old}'"
    ).fetchall()
    for number, name in names:
        assert f"| {number} | {name} |" in text
    assert "The 240 customers with orders as of 2024-03-01." in text
    assert "| bootstrap ari |" in text
    assert json.loads(told)["not_for"]
    # Nobody asks segments over HTTP, so their models are not published.
    assert served_models(shop) == {}
