"""What a person corrected is text of their own, and outlives the warehouse."""

import json
from pathlib import Path

import duckdb
import pytest

from orchestration.entering import entered
from orchestration.errors import PortraitError
from orchestration.landing.corrections import CORRECTIONS, CREATE_CORRECTIONS, corrections_digest
from orchestration.landing.corrections_file import read_corrections, write_corrections
from orchestration.landing.files import HashCache
from orchestration.project import Project
from orchestration.runs.portraits import discard_warehouse
from orchestration.warehouse.opening import open_warehouse

from .test_corrections import CSV, RETURNS, SALES, Shop

Connection = duckdb.DuckDBPyConnection
CORRECTED = [("anna", 1), ("bert", None), (None, 3)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "own" / "corrections.jsonl"


@pytest.fixture
def source(warehouse: Connection, hashes: HashCache, tmp_path: Path, file: Path) -> Shop:
    """Two cells are corrected and written down; one has a quote and no ASCII in it."""
    (tmp_path / "data").mkdir()
    source = Shop(warehouse, hashes, tmp_path / "data")
    source.land(CSV)
    source.correct((1, "customer", None, "anna"), (2, "quantity", "2", None))
    write_corrections(warehouse, file)
    return source


def read(source: Shop, file: Path) -> None:
    read_corrections(source.warehouse, [SALES, RETURNS], file)


def lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines()


def test_a_line_a_cell_that_a_person_can_read(source: Shop, file: Path) -> None:
    told = [json.loads(line) for line in lines(file)]
    assert [
        (one["raw_table"], one["origin_row"], one["column_name"], one["new_value"]) for one in told
    ] == [("raw_shop.sales", 1, "customer", "anna"), ("raw_shop.sales", 2, "quantity", None)]
    before = file.read_bytes()
    read(source, file)
    write_corrections(source.warehouse, file)
    assert file.read_bytes() == before


def test_a_new_warehouse_is_corrected_as_the_old_one(
    source: Shop, file: Path, tmp_path: Path
) -> None:
    before, remembered = file.read_bytes(), source.remembered()
    with duckdb.connect() as warehouse:
        anew = Shop(warehouse, HashCache(tmp_path / "hashes"), tmp_path / "data")
        read(anew, file)
        anew.land(CSV)
        assert anew.rows() == CORRECTED
        assert anew.remembered() == remembered
        assert corrections_digest(warehouse) == corrections_digest(source.warehouse)
        read(anew, file)
        assert file.read_bytes() == before


def test_a_line_taken_out_takes_its_correction_back(source: Shop, file: Path) -> None:
    file.write_text(lines(file)[1] + "\n")
    read(source, file)
    assert source.rows() == [(None, 1), ("bert", None), (None, 3)]
    file.write_text("")
    read(source, file)
    assert source.rows() == [(None, 1), ("bert", 2), (None, 3)]
    assert source.remembered() == []
    # No file is no order to forget: an earlier version wrote none.
    source.correct((1, "customer", None, "eva"))
    file.unlink()
    read(source, file)
    assert '"eva"' in file.read_text()


def test_an_edited_line_corrects_otherwise(source: Shop, file: Path) -> None:
    file.write_text(file.read_text().replace("anna", 'Åse "ß"').replace('Åse "ß"', 'Åse \\"ß\\"'))
    read(source, file)
    assert source.rows()[0] == ('Åse "ß"', 1)
    source.land(CSV + "carl,4\n")
    assert source.rows()[0] == ('Åse "ß"', 1)
    assert not any(is_stale for *_, is_stale in source.remembered())


def test_a_stale_correction_that_is_taken_out_leaves_the_new_row_alone(
    source: Shop, file: Path
) -> None:
    source.land("customer,quantity\nolga,7\nbert,2\n,3\n")
    assert source.rows()[0] == ("olga", 7)
    file.write_text(lines(file)[1] + "\n")
    read(source, file)
    assert source.rows()[:2] == [("olga", 7), ("bert", None)]


@pytest.mark.parametrize(
    "wrong",
    [
        "no json",
        "[1]",
        '{"raw_table": "raw_shop.sales"}',
        '{"surprise": 1}',
        "twice",
        "a row that is text",
    ],
)
def test_a_line_that_is_no_correction_is_named(source: Shop, file: Path, wrong: str) -> None:
    first = lines(file)[0]
    added = {
        "twice": first,
        "a row that is text": first.replace('"origin_row": 1', '"origin_row": "1"'),
    }
    file.write_text(f"{file.read_text()}{added.get(wrong, wrong)}\n")
    with pytest.raises(PortraitError, match=r"corrections\.jsonl: line 3 "):
        read(source, file)
    assert source.rows() == CORRECTED


@pytest.mark.parametrize("is_damaged", [False, True])
def test_a_warehouse_made_anew_loses_no_correction(project: Project, is_damaged: bool) -> None:
    with open_warehouse(project.warehouse) as warehouse:
        warehouse.execute(CREATE_CORRECTIONS)
        warehouse.execute(f"insert into {CORRECTIONS} (raw_table, new_value) values ('a', 'eva')")
    if is_damaged:
        project.warehouse.write_bytes(b"no database")
    discard_warehouse(project)
    assert not project.warehouse.exists()
    assert project.corrections_file.exists() is not is_damaged
    assert is_damaged or '"eva"' in project.corrections_file.read_text()


def test_what_an_earlier_version_kept_in_the_state_folder_is_found(tmp_path: Path) -> None:
    home = tmp_path / "state"
    home.mkdir()
    (home / "sources.yml").write_text("shop: {path: data}\n")
    (home / "choice.yml").write_text("shop: {}\n")
    project = Project(Project.find().root, home)
    with entered(project):
        assert project.choice_file == tmp_path / "state-own" / "choice.yml"
        assert project.choice_file.read_text() == "shop: {}\n"
    # Its paths are relative to where it lies.
    assert project.sources_file == home / "sources.yml"
    (project.own / "sources.yml").write_text("till: {path: till}\n")
    assert project.sources_file == project.own / "sources.yml"
    (home / "choice.yml").write_text("till: {}\n")  # By an old version, run once more.
    with entered(project):
        assert project.choice_file.read_text() == "shop: {}\n"


def test_where_own_things_lie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORTRAIT_OWN", raising=False)
    monkeypatch.delenv("PORTRAIT_HOME", raising=False)
    assert Project.find().own == Project.find().root / "own"
    monkeypatch.setenv("PORTRAIT_HOME", str(tmp_path / "state"))
    assert Project.find().own == tmp_path / "state-own"
    monkeypatch.setenv("PORTRAIT_OWN", str(tmp_path / "mine"))
    assert Project.find().own == tmp_path / "mine"
