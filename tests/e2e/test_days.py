"""A shop from day to day: what moved, and what was known on a past day."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.e2e.conftest import run_portrait
from tests.e2e.daily_shop import FIRST_DAY, contents, snapshot
from tests.e2e.two_seasons import SUMMER, TwoSeasons, two_seasons  # noqa: F401

PAST_DAY = str(FIRST_DAY + timedelta(days=SUMMER))
# What is said of all rows, those of later days included, and of the run itself.
ABOUT_ALL_ROWS = {"data_quality", "run_manifest"}


def portrait(home: Path, *arguments: str) -> str:
    finished = run_portrait(home, *arguments)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


@pytest.fixture
def home(two_seasons: TwoSeasons) -> Path:  # noqa: F811
    """After a run in summer and one in winter."""
    return two_seasons.winter


def test_the_feed_leads_from_one_snapshot_to_the_next(home: Path) -> None:
    before, now = sorted((home / "published").glob("v*"))
    old, new = (
        {
            (customer, attribute): value
            for customer, attribute, value in snapshot(
                home,
                "select customer_id, attribute, attribute_value "
                f"from '{version}/customer_profile_history.parquet' where is_current",
            )
        }
        for version in (before, now)
    )
    feed = snapshot(
        home,
        "select customer_id, attribute, old_value, new_value from profile_changes "
        "where published_at = (select max(published_at) from run_manifest)",
    )
    assert feed
    for customer, attribute, old_value, new_value in feed:
        assert old.pop((customer, attribute), None) == old_value
        if new_value is not None:
            old[customer, attribute] = new_value
    assert old == new


def test_what_only_code_can_break_is_tested_once(home: Path) -> None:
    said = (home / "logs" / "dbt.log").read_text(encoding="utf-8")
    of_code = "assert_inputs_name_the_file_they_came_from"
    assert said.count(f"{of_code} looks at no row: it passed with the same code") == 1
    for test in (of_code, "assert_history_says_what_the_tags_said"):
        assert said.count(f"PASS {test} ") == 2, "and is told of in both runs"
    assert said.count("looks at no row") == 1, "what rows can bring out is tested in each"


def why(home: Path, *arguments: str) -> tuple[str, dict[str, tuple[int, int]]]:
    """What the last run did to a table; changed rows and touched partitions by what it reads."""
    told = json.loads(portrait(home, "why", *arguments, "--json"))
    return told["extent"], {
        touch["because"]: (touch["changed_rows"], touch["touched_partitions"])
        for touch in told["touches"]
    }


def test_why_partitions_were_made_anew_can_be_asked(
    two_seasons: TwoSeasons,  # noqa: F811
    home: Path,
) -> None:
    extent, touches = why(home, "input_order_lines")
    # A line of each file is its header.
    files = sorted(two_seasons.data.iterdir())[SUMMER:]
    new = [len(file.read_text().splitlines()) - 1 for file in files]
    assert (extent, touches["raw files"]) == ("partial", (sum(new), sum(map(bool, new))))
    extent, touches = why(home, "int_customer_days")
    assert extent == "partial"
    assert touches["int_order_totals"][1] > 0 == touches["int_reviews_validated"][0]
    # Of one partition: a day of summer stays as it was, and one of winter is new.
    for day, made in (FIRST_DAY, "nothing"), (FIRST_DAY + timedelta(days=SUMMER), "partial"):
        extent, touches = why(home, "int_customer_days", f"activity_date={day}")
        assert extent == made
        assert (touches["int_order_totals"][1] > 0) == (made == "partial")
    _, touches = why(home, "feature_purchases", f"as_of_date={FIRST_DAY}")
    assert touches["int_customer_days"][1] == 0
    told = portrait(home, "why", "int_customer_days")
    assert "Partitions were made anew in the last run." in told
    assert "source_system=online_retail, source_customer_id=12000, activity_date=2011-0" in told


def test_tags_hold_since_their_period_began(home: Path) -> None:
    assert snapshot(home, "select count(*) from customer_profile_history where not is_current")
    ((differing,),) = snapshot(
        home,
        """
        select count(*) from customer_tags as tags
        left join customer_profile_history as history
            on tags.customer_id = history.customer_id and tags.tag_key = history.attribute
            and history.is_current
        where tags.tag_value is distinct from history.attribute_value
            or tags.since_date is distinct from history.valid_from
        """,
    )
    assert differing == 0


def files_of(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_a_past_day_is_published_beside_and_knows_no_future(
    two_seasons: TwoSeasons,  # noqa: F811
    home: Path,
) -> None:
    current = (home / "published" / "current").readlink()
    assert f"Building the portraits as of {PAST_DAY}" in portrait(home, "run", "--as-of", PAST_DAY)
    folder = home / "published" / "as_of" / PAST_DAY / "current"
    asked = files_of(folder)
    portrait(home, "run", "--as-of", PAST_DAY)
    assert files_of(folder) == asked
    assert (home / "published" / "current").readlink() == current
    assert not (home / "past").exists()
    # Who looked on that day saw the same.
    seen, then = contents(home, PAST_DAY), contents(two_seasons.summer)
    assert {name for name in seen if seen[name] != then[name]} <= ABOUT_ALL_ROWS


def test_status_says_how_fresh_everything_is(home: Path) -> None:
    said = portrait(home, "status")
    ((as_of_date,),) = snapshot(home, "select max(as_of_date) from run_manifest")
    assert f"Portraits as of {as_of_date}, published" in said
    assert "online_retail" in said and "fine" in said
    assert "customer_profile_history" in said
    assert "success" in said
