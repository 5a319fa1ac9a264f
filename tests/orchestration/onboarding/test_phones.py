"""Where phone numbers are dialled is said, or asked where nothing tells it."""

from pathlib import Path

import pytest
import yaml

from orchestration.errors import PortraitError
from orchestration.onboarding.add import Added, add_source
from orchestration.onboarding.answers import Answers
from orchestration.onboarding.check import check_source
from orchestration.warehouse.options import SYSTEM_OPTIONS
from tests.checkouts import copy_dbt_project


def _shop(folder: Path, phones: tuple[str, str], country: str = "") -> Path:
    """Two customers and an order of each."""
    folder.mkdir()
    head = f"customer_id,phone{',country' if country else ''}\n"
    told = [f"{n},{phone}{f',{country}' if country else ''}" for n, phone in enumerate(phones, 1)]
    (folder / "customers.csv").write_text(head + "\n".join(told) + "\n")
    (folder / "orders.csv").write_text(
        "order_id,customer_id,order_date,total\nA1,1,2024-01-02,5.00\nA2,2,2024-01-03,6.00\n"
    )
    return folder


def _asked(added: Added) -> list[str]:
    return [one.text for one in added.guess.questions if one.flag == "--country CODE"]


NATIONAL = ("0170 1234567", "0171 7654321")


@pytest.mark.parametrize(
    ("phones", "column", "shop", "is_asked"),
    [
        (NATIONAL, "", "corner", True),
        (NATIONAL, "Deutschland", "corner", True),
        (NATIONAL, "DE", "corner", False),
        (("+49 170 1234567", "0049 171 7654321"), "", "corner", False),
        (NATIONAL, "", None, False),
        (("+49 170 1234567", "0171 7654321"), "", None, True),
    ],
)
def test_it_is_asked_where_others_tell_numbers_too(
    tmp_path: Path, phones: tuple[str, str], column: str, shop: str | None, is_asked: bool
) -> None:
    project = copy_dbt_project(tmp_path)
    data = _shop(tmp_path / "data", phones, column)
    added = add_source(None, project, "till", data, None, shop)
    assert len(_asked(added)) == is_asked
    assert all("phone" in text and text.endswith("?") for text in _asked(added))


def test_what_is_said_stands_beside_the_entities_and_is_remembered(tmp_path: Path) -> None:
    """NO is a word of YAML, and a country."""
    project = copy_dbt_project(tmp_path)
    data = _shop(tmp_path / "data", NATIONAL)
    for name, shop, country in [
        ("till", "corner", "DE"),
        ("app", "corner", "NO"),
        ("web", None, "AT"),
    ]:
        assert not _asked(
            add_source(None, project, name, data, None, shop, Answers(country=country))
        )
    assert not _asked(add_source(None, project, "till", data, None, "corner"))
    told = yaml.safe_load((project.dbt_project / "dbt_project.yml").read_text())["vars"]["sources"]
    assert [(told[name]["shop"], told[name]["country"]) for name in ("till", "app", "web")] == [
        ("corner", "DE"),
        ("corner", "NO"),
        ("web", "AT"),
    ]
    other = add_source(None, project, "till", data, None, "corner", Answers(country="AT"))
    assert [hint for hint in other.draft.hints if hint.endswith("for the country AT")]


def test_an_answer_takes_the_question_out_and_stands_in_the_line(tmp_path: Path) -> None:
    project = copy_dbt_project(tmp_path)
    data = _shop(tmp_path / "data", NATIONAL)
    drafted = add_source(None, project, "till", data, None, "corner").draft
    assert "--country CODE" in (drafted.folder / "_sources.yml").read_text()
    answered = add_source(None, project, "till", data, None, "corner", Answers(country="DE")).draft
    assert "questions" not in (answered.folder / "_sources.yml").read_text()
    told = yaml.safe_load((project.dbt_project / "dbt_project.yml").read_text())["vars"]["sources"]
    assert (told["till"]["country"], answered.hints) == ("DE", [])


def test_a_country_that_is_none_is_refused(tmp_path: Path) -> None:
    project = copy_dbt_project(tmp_path)
    data = _shop(tmp_path / "data", NATIONAL)
    with pytest.raises(PortraitError, match="'GERMANY' is no country"):
        add_source(None, project, "till", data, None, "corner", Answers(country="GERMANY"))


def test_customers_known_by_their_numbers_are_told_to_be(tmp_path: Path) -> None:
    """Spellings of a key are joined as spellings of an identifier are."""
    project = copy_dbt_project(tmp_path)
    data = tmp_path / "data"
    data.mkdir()
    (data / "sales.csv").write_text(
        "receipt,date,phone,total\n1,2025-03-01,+49 170 1234567,5.50\n2,2025-03-02,0171 7654321,6\n"
    )
    assert _asked(add_source(None, project, "till", data, None))
    assert not _asked(add_source(None, project, "till", data, None, answers=Answers(country="DE")))
    told = yaml.safe_load((project.dbt_project / "dbt_project.yml").read_text())["vars"]["sources"]
    assert told["till"]["customer_key"] == "phone"
    assert check_source(project, "till").makes_portraits


def test_what_is_said_is_an_option_that_a_run_knows(tmp_path: Path) -> None:
    project = copy_dbt_project(tmp_path)
    data = _shop(tmp_path / "data", NATIONAL)
    draft = add_source(None, project, "till", data, None, "corner", Answers(country="DE")).draft
    (declared,) = yaml.safe_load((draft.folder / "_sources.yml").read_text())["sources"]
    assert set(declared["config"]["meta"]["portrait"]) <= set(SYSTEM_OPTIONS)


@pytest.mark.parametrize(
    ("phones", "country"),
    [
        (("+49 170 1234567", "0170 1234567"), "DE"),
        (("0043 660 1234567", "0660/1234567"), "AT"),
        (("+1 212 555 0100", "(212) 555-0100"), "US"),
        (("+49 170 1234567", "0171 7654321"), None),
        # Is the second one's number the first's or the third's?
        (("+49 660 1234567", "0660 1234567", "+43 660 1234567"), None),
    ],
)
def test_a_number_that_is_there_with_its_code_too_tells_the_country(
    tmp_path: Path, phones: tuple[str, ...], country: str | None
) -> None:
    project = copy_dbt_project(tmp_path)
    data = tmp_path / "data"
    data.mkdir()
    rows = [f"{n};0{n}.03.2025;{phone};{n},00" for n, phone in enumerate(phones, 1)]
    (data / "till.csv").write_text("\n".join(["Bon;Datum;Telefon;Summe", *rows]), "utf-8")
    added = add_source(None, project, "till", data, None)
    told = yaml.safe_load((project.dbt_project / "dbt_project.yml").read_text())["vars"]["sources"]
    assert told["till"].get("country") == country
    assert len(_asked(added)) == (country is None)
    assert any("(--country)" in says for says in added.guess.says) == (country is not None)
    assert not _asked(add_source(None, project, "till", data, None)) or country is None
