"""Bad rows of a small shop, from the first run to the portrait of a mended customer; who is who."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from orchestration.identity.found_links import FoundLink, write_found_links
from tests.e2e.conftest import run_portrait

Portrait = Callable[..., str]

FIRST_DAY = date(1997, 1, 1)


def order(customer: int, day: int, dollars: str = "10.00") -> str:
    return f"{customer:05d} {FIRST_DAY + timedelta(days=day):%Y%m%d} 1 {dollars}"


GOOD = [order(customer, customer * 7 % 90) for customer in range(1, 31)]


@pytest.fixture
def portrait(tmp_path: Path) -> Portrait:
    """The `portrait` command with a state folder of its own; gives what it printed."""

    def run(*arguments: str, fails: bool = False) -> str:
        finished = run_portrait(tmp_path / "home", *arguments)
        printed = finished.stdout + finished.stderr
        assert (finished.returncode != 0) is fails, printed
        return printed

    return run


def test_a_corrected_row_comes_out_of_quarantine_without_loading(
    portrait: Portrait, tmp_path: Path
) -> None:
    shop, sheet = tmp_path / "CDNOW_master.txt", tmp_path / "bad.csv"
    shop.write_text("\n".join([*GOOD, order(77, 40, "ten"), order(78, 41, "nine")]) + "\n")
    assert "There is no quarantine yet" in portrait("quarantine", "list", fails=True)
    portrait("run", "--source", f"cdnow={shop}")
    assert "There is no customer cdnow:00077" in portrait("show", "cdnow:00077", fails=True)

    portrait("quarantine", "export", str(sheet), "--reason", "unparseable_value")
    sheet.write_text(sheet.read_text().replace(" ten", " 10.00"))
    portrait("identity", "merge", "cdnow:00001", "cdnow:00002", "--note", "they said so")
    content = shop.read_bytes()
    shop.unlink()  # Nothing is to look at the files.
    told = portrait("quarantine", "replay", str(sheet))
    assert "landing" not in told
    assert "2 rows left quarantine; 2 are there now." in told
    assert re.search(r"cdnow +orders +unparseable_value +2 +1 +0 +1\n", told)
    assert "The one order was on 1997-02-10" in portrait("show", "cdnow:00077")
    # What was decided counts too, as in any run.
    assert "cdnow:00001 is one person by 2 keys" in portrait("identity", "show", "cdnow:00002")
    assert "2 orders\nsince 1997-01-08" in portrait("show", "cdnow:00002")

    shop.write_bytes(content)
    assert "Nothing is new" in portrait("run")
    # The file grows: it is landed anew, and the row in it corrected again. A rule is taken back.
    shop.write_text(shop.read_text() + order(79, 42) + "\n")
    assert "they said so" in portrait("identity", "rules", "--take-back", "1")
    link = FoundLink("cdnow:00001", "cdnow:00003", 0.97, ("given name",), date(1997, 1, 31))
    write_found_links(tmp_path / "home-own" / "found_links.jsonl", [link], 0.95)
    told = portrait("run")
    assert "new since the last run: source files, identity rules, found links." in told
    assert "landing cdnow" in told
    assert "cdnow:00002 is one person by one key" in portrait("identity", "show", "cdnow:00002")
    assert "The one order was on 1997-02-10" in portrait("show", "cdnow:00077")
    assert "given name; 97 %, found on" in portrait("identity", "show", "cdnow:00003")
