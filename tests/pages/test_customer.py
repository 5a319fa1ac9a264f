"""The page of one customer: whole, on demand, by any key, and for owners' eyes alone."""

import re
import shutil
import stat
import webbrowser
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import yaml
from click.testing import CliRunner

from orchestration.cli.main import main
from orchestration.errors import PortraitError
from orchestration.pages.customer import customer_page, page_name
from orchestration.pages.customer_pictures import order_bars
from orchestration.pages.opening import write_customer_pages
from orchestration.pages.words import words
from orchestration.project import Project
from orchestration.publishing.reading import Snapshot, open_snapshot
from tests.hostile import VALUES, obeyed_in
from tests.pages.names import ACTING

TAGS = Project.find().dbt_project / "models" / "tags"


@pytest.fixture
def snapshot(version: Path) -> Iterator[Snapshot]:
    with open_snapshot(version) as opened:
        yield opened


@pytest.fixture
def home(version: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder whose published version is that of these tests."""
    (tmp_path / "published").mkdir()
    (tmp_path / "published" / "current").symlink_to(version)
    monkeypatch.setenv("PORTRAIT_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("key", ["till:1", f"app:{ACTING}", ACTING])
def test_a_customer_has_a_page_by_any_key(snapshot: Snapshot, key: str) -> None:
    page = customer_page(snapshot, key)
    assert "<h1>Customer till:1</h1>" in page
    # Tags with their evidence in words, and since when.
    assert "days since the last order 10 · silence in usual gaps 0.2 · is new yes" in page
    assert "2024-03-01 or before" in page
    assert "raised by" in page and "bought before" in page and "Discover" in page
    # Two keys are one person: both on the circle, with the line between them.
    assert page.count("<circle") == 2 and page.count("<line ") == 1
    assert page.count("<rect ") == 4
    assert "unknown" in page
    # What was never asked or measured is a dash, and no nought.
    voice = page[page.index('id="customer-voice"') :].partition("</dl>")[0]
    told = re.findall(r"<dt>(.+?)</dt><dd>(.+?)</dd>", voice)
    assert dict(told) == {
        "Reviews": "3",
        "Average rating": "4.2",
        "Sessions": "–",
        "Days since the last session": "–",
        "Campaigns answered": "2 of 8",
        "Coupons redeemed": "–",
        "Given back": "–",
    }


def test_it_needs_no_other_file_and_shows_names_only(snapshot: Snapshot) -> None:
    for language in ("en", "zh"):
        page = customer_page(snapshot, "till:1", language)
        assert "src=" not in page.replace("&lt;img src=", "")
        assert "<img" not in page and "<script>alert" not in page
        assert not obeyed_in(page)
        assert 'rel="stylesheet"' not in page and "http://" not in page
    assert "提高" in page and "客户 till:1" in page


def test_little_is_said_of_whom_little_is_known(snapshot: Snapshot) -> None:
    page = customer_page(snapshot, "desk:1")
    assert "There is no order yet" in page  # The fixture tells of the order in the profile alone.
    assert "Nothing is foretold" in page and "No preference is known" in page
    assert "One key; nothing had to be linked." in page


def test_mistakes_are_told(snapshot: Snapshot, version: Path, tmp_path: Path) -> None:
    with pytest.raises(PortraitError, match="There is no customer nobody"):
        customer_page(snapshot, "nobody")
    with pytest.raises(PortraitError, match="no pages in fr"):
        customer_page(snapshot, "till:1", "fr")
    (tmp_path / "file").touch()
    with pytest.raises(PortraitError, match="cannot be written"):
        write_customer_pages(snapshot, "till:1", tmp_path / "file")


def test_an_order_of_no_known_value_is_a_bar_all_the_same(snapshot: Snapshot) -> None:
    days = snapshot.rows(
        "select order_date, null as net_amount from orders where customer_id = 'till:1'"
        " order by order_date desc"
    )
    drawn = order_bars(days, days[0]["order_date"])
    assert drawn and [bar["height"] for bar in drawn["bars"]] == [2] * 4
    assert [bar["x"] for bar in drawn["bars"]] == [0, 332, 664, 996]
    assert order_bars([], days[0]["order_date"]) is None


def test_a_range_says_of_how_many_such_a_one_held(version: Path, tmp_path: Path) -> None:
    shutil.copytree(version, tmp_path / "version")
    with duckdb.connect(tmp_path / "version" / "marts.duckdb") as marts:
        marts.execute("""
            insert into customer_predictions by name
            select 'lantern' as shop, 'till:1' as customer_id, prediction,
                prediction || '_next_90_days' as target, 30.0 as expected_amount,
                10.0 as lower_amount, 50.0 as upper_amount, 20.0 as baseline_amount,
                true as is_model_served
            from (values ('spend'), ('untested')) as amounts (prediction);
            insert into model_metrics by name
            select 'lantern' as shop, 'spend' as prediction, 'spend_next_90_days' as target,
                'interval_coverage' as metric, 0.784 as value
        """)
    with open_snapshot(tmp_path / "version") as snapshot:
        page = customer_page(snapshot, "till:1")
    assert "10.00–50.00 (such a range held 78 % of the customers when tested)" in page
    assert "<small>10.00–50.00</small>" in page


def test_evidence_of_every_tag_has_words() -> None:
    named = {
        evidence
        for file in TAGS.glob("*.yml")
        for model in yaml.safe_load(file.read_text(encoding="utf-8")).get("models", [])
        for column in model.get("columns", [])
        for evidence in column.get("config", {}).get("meta", {}).get("tag", {}).get("evidence", [])
    }
    assert len(named) > 40
    assert not {name for name in named if f"evidence.{name}" not in words()}


def test_commands_write_it_for_their_user_alone(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    told = CliRunner().invoke(main, ["open", "till:1", "--language", "zh"])
    assert told.exit_code == 0, told.output
    page = Path(told.output.strip())
    assert page.parent == home / "pages" and opened == [page.as_uri()]
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    other = page.with_name(page.name.replace(".zh.", ".en."))
    assert f'href="{other.name}"' in page.read_text() and other.exists()

    told = CliRunner().invoke(main, ["show", "till:1", "--page", str(tmp_path / "one.html")])
    assert told.output.strip() == str(tmp_path / "one.html")
    assert "<h1>Customer till:1</h1>" in (tmp_path / "one.html").read_text()

    told = CliRunner().invoke(main, ["open", "--as-of", "2024-03-01"])
    assert told.exit_code == 2 and "portrait run --as-of 2024-03-01" in told.output

    told = CliRunner().invoke(main, ["open", "--no-browser"])
    assert told.output.strip() == str(home / "published/current/site/index.html")
    assert len(opened) == 1


def test_a_version_without_pages_says_what_to_do(
    home: Path, version: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    bare = tmp_path_factory.mktemp("bare")
    (bare / "marts.duckdb").symlink_to(version / "marts.duckdb")
    (home / "published/current").unlink()
    (home / "published/current").symlink_to(bare)
    told = CliRunner().invoke(main, ["open"])
    assert told.exit_code == 2 and "portrait run --force" in told.output


def test_every_id_makes_a_name_of_a_file() -> None:
    names = [page_name(value) for value in [*VALUES, "a:1", "a-1"]]
    assert len(set(names)) == len(names)
    assert all(len(name) < 100 and "/" not in name and name.isascii() for name in names)
