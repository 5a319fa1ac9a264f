"""The feed of changes: who is new, who is gone, and what is another at everybody else."""

from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from orchestration.publishing.checks import check_snapshot
from orchestration.publishing.profile_changes import add_profile_changes
from orchestration.publishing.snapshot import MARTS_FILE, attach_snapshot

MONDAY, TUESDAY = datetime(2024, 1, 1, 3, tzinfo=UTC), datetime(2024, 1, 2, 3, tzinfo=UTC)

History = list[tuple[str, str, str, bool]]


def snapshot(folder: Path, profiles: str, history: History, published_at: datetime) -> Path:
    """A version as publishing builds it, with what the feed reads."""
    folder.mkdir()
    with duckdb.connect() as connection:
        attach_snapshot(connection, folder)
        connection.execute("use snapshot")
        connection.execute("create table customer_profiles (shop varchar, customer_id varchar)")
        for customer in profiles:
            connection.execute("insert into customer_profiles values ('s', ?)", [customer])
        connection.execute(
            "create table customer_profile_history (shop varchar, customer_id varchar, "
            "attribute varchar, attribute_value varchar, is_current boolean)"
        )
        for row in history:
            connection.execute("insert into customer_profile_history values ('s', ?, ?, ?, ?)", row)
        connection.execute(
            "create table run_manifest as "
            "select 's' as shop, ?::date as as_of_date, ?::timestamp as published_at",
            [published_at.date(), published_at.replace(tzinfo=None)],
        )
    return folder


def changes(folder: Path, before: Path) -> list[tuple[object, ...]]:
    table = add_profile_changes(folder, before, {"s": date(2024, 1, 2)}, TUESDAY)
    with duckdb.connect(folder / MARTS_FILE, read_only=True) as connection:
        rows = connection.execute(
            "select customer_id, change_kind, attribute, old_value, new_value, previous_as_of_date "
            "from profile_changes order by all"
        ).fetchall()
        assert connection.execute(f"from '{folder}/profile_changes.parquet'").fetchall() == (
            connection.execute("from profile_changes order by all").fetchall()
        )
    assert table.of("s").row_count == len(rows)
    return rows


def test_the_feed_says_who_came_went_and_changed(tmp_path: Path) -> None:
    before = snapshot(
        tmp_path / "before",
        "abc",
        [
            ("a", "tier", "low", True),
            ("a", "tier", "top", False),
            ("b", "tier", "low", True),
            ("b", "lover", "tea", True),
            ("c", "tier", "low", True),
        ],
        MONDAY,
    )
    after = snapshot(
        tmp_path / "after",
        "abd",
        [("a", "tier", "low", True), ("b", "tier", "top", True), ("d", "tier", "low", True)],
        TUESDAY,
    )
    then = date(2024, 1, 1)
    assert changes(after, before) == [
        ("b", "changed", "lover", "tea", None, then),
        ("b", "changed", "tier", "low", "top", then),
        ("c", "removed", "tier", "low", None, then),
        ("d", "added", "tier", None, "low", then),
    ]
    # Who is gone is in the feed and not among the profiles.
    problems = [check.problems for check in check_snapshot(after, {"customer_profiles": 3})]
    assert problems == [[], [], []]


def test_changes_are_of_the_days_of_their_shop(tmp_path: Path) -> None:
    before = snapshot(tmp_path / "before", "a", [("a", "tier", "low", True)], MONDAY)
    after = snapshot(tmp_path / "after", "a", [("a", "tier", "top", True)], TUESDAY)
    for folder, tier in ((before, "top"), (after, "low")):
        with duckdb.connect(folder / MARTS_FILE) as connection:
            connection.execute("insert into customer_profiles values ('t', 'z')")
            connection.execute(
                "insert into customer_profile_history values ('t', 'z', 'tier', ?, true)", [tier]
            )
            connection.execute(
                "insert into run_manifest select 't', date '2020-05-01', max(published_at) "
                "from run_manifest"
            )
    add_profile_changes(
        after, before, {"s": date(2024, 1, 2), "t": date(2020, 5, 2), "u": None}, TUESDAY
    )
    with duckdb.connect(after / MARTS_FILE, read_only=True) as connection:
        told = connection.execute(
            "select shop, as_of_date, previous_as_of_date from profile_changes order by all"
        ).fetchall()
    assert told == [
        ("s", date(2024, 1, 2), date(2024, 1, 1)),
        ("t", date(2020, 5, 2), date(2020, 5, 1)),
    ]


def test_nothing_new_is_an_empty_feed_and_at_first_everybody_is_new(tmp_path: Path) -> None:
    history: History = [("a", "tier", "low", True)]
    before = snapshot(tmp_path / "before", "a", history, MONDAY)
    assert changes(snapshot(tmp_path / "same", "a", history, TUESDAY), before) == []
    first = changes(snapshot(tmp_path / "first", "a", history, TUESDAY), tmp_path / "nowhere")
    assert first == [("a", "added", "tier", None, "low", None)]


def test_the_changes_of_earlier_versions_stay_for_a_while(tmp_path: Path) -> None:
    """A run in which nothing changed takes no change from whoever has not read it yet."""
    before, told = tmp_path / "nothing", []
    for day, tier in enumerate(("low", "top", "top", "low"), start=1):
        published_at = datetime(2024, 1, day, 3, tzinfo=UTC)
        folder = snapshot(tmp_path / str(day), "a", [("a", "tier", tier, True)], published_at)
        add_profile_changes(folder, before, {"s": published_at.date()}, published_at, kept=2)
        with duckdb.connect(folder / MARTS_FILE, read_only=True) as connection:
            told.append(
                connection.execute(
                    "select day(published_at), old_value, new_value from profile_changes order by 1"
                ).fetchall()
            )
        before = folder
    assert told == [
        [(1, None, "low")],
        [(1, None, "low"), (2, "low", "top")],
        [(2, "low", "top")],
        [(2, "low", "top"), (4, "top", "low")],
    ]
