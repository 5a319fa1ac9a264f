"""Drafts pass the linter, change no file that is there, and say what they left alone."""

import fcntl
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from orchestration.console import make_console
from orchestration.errors import PortraitError
from orchestration.onboarding.add import add_source, check_name
from orchestration.onboarding.draft import Draft, writing_draft
from orchestration.onboarding.sample import sample_files
from orchestration.project import Project
from tests.checkouts import copy_dbt_project
from tests.landing.test_formats import write_excel
from tests.orchestration.onboarding.conftest import Guesser, write_draft
from tests.orchestration.onboarding.shops import FILES, write_export

ROOT = Project.find().root


@pytest.fixture
def dbt_project(tmp_path: Path) -> Path:
    """A dbt project with no more than drafting touches."""
    folder = tmp_path / "dbt_project"
    (folder / "models" / "staging").mkdir(parents=True)
    shutil.copy(ROOT / "dbt_project" / "dbt_project.yml", folder)
    return folder


def draft(dbt_project: Path, guess_at: Guesser, path: Path, name: str = "shop") -> Draft:
    sample, guess = guess_at(path)
    return write_draft(dbt_project, name, sample, guess, "Asia/Shanghai")


def test_drafts_of_all_shops_pass_the_linter(
    dbt_project: Path, guess_at: Guesser, tmp_path: Path
) -> None:
    for shop in FILES:
        written = draft(dbt_project, guess_at, write_export(tmp_path, shop), shop).written
        assert len(written) > 4
    # The linter resolves its macros from the folder that it is started in.
    linted = subprocess.run(
        [
            str(Path(sys.executable).parent / "sqlfluff"),
            *("lint", "--config", ".sqlfluff", str(dbt_project / "models" / "staging")),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert linted.returncode == 0, linted.stdout


def test_a_second_draft_changes_no_byte_and_names_what_differs(
    dbt_project: Path, guess_at: Guesser, tmp_path: Path
) -> None:
    export = write_export(tmp_path, "woocommerce")
    first = draft(dbt_project, guess_at, export)
    assert not first.left_alone
    edited = first.folder / "stg_shop__orders.sql"
    edited.write_text(edited.read_text() + "-- mine\n")
    before = {path: path.read_bytes() for path in dbt_project.rglob("*") if path.is_file()}
    again = draft(dbt_project, guess_at, export)
    assert (again.written, again.left_alone) == ([], [edited])
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize(
    ("shop", "entity", "is_so"), [("totals", "orders", True), ("shopify", "orders", False)]
)
def test_a_draft_says_whether_it_reads_file_by_file(
    dbt_project: Path, guess_at: Guesser, tmp_path: Path, shop: str, entity: str, is_so: bool
) -> None:
    """An order whose fields stand on its first line only may go over two files."""
    folder = draft(dbt_project, guess_at, write_export(tmp_path, shop)).folder
    models = yaml.safe_load((folder / "stg_shop.yml").read_text())["models"]
    (model,) = [model for model in models if model["name"] == f"stg_shop__{entity}"]
    assert model.get("config", {}).get("meta", {}).get("file_by_file", False) == is_so


def test_a_new_table_of_a_known_source_is_not_drafted_without_its_declaration(
    dbt_project: Path, guess_at: Guesser, tmp_path: Path
) -> None:
    export = write_export(tmp_path, "totals")
    first = draft(dbt_project, guess_at, export)
    (export / "products.csv").write_text("sku,product name\na,Tea\n")
    again = draft(dbt_project, guess_at, export)
    assert not (first.folder / "stg_shop__products.sql").exists()
    assert first.folder / "_sources.yml" in again.left_alone
    assert any("products was not drafted" in hint for hint in again.hints)


def test_the_line_in_dbt_project_yml_is_the_only_change(
    dbt_project: Path, guess_at: Guesser, tmp_path: Path
) -> None:
    project_yml = dbt_project / "dbt_project.yml"
    before = project_yml.read_text().splitlines()
    draft(dbt_project, guess_at, write_export(tmp_path, "shopify"))
    after = project_yml.read_text().splitlines()
    (line,) = [line for line in after if line not in before]
    assert line == "    shop: [orders, order_lines, customers, products]"
    assert [other for other in after if other != line] == before
    assert "cdnow" in yaml.safe_load(project_yml.read_text())["vars"]["sources"]


def test_the_line_names_the_shop_that_the_source_joins(
    dbt_project: Path, guess_at: Guesser, tmp_path: Path
) -> None:
    project_yml = dbt_project / "dbt_project.yml"
    sample, guess = guess_at(write_export(tmp_path, "shopify"))
    write_draft(dbt_project, "web", sample, guess, "UTC", "corner")
    line = "web: {shop: corner, entities: [orders, order_lines, customers, products]}"
    assert f"    {line}\n" in project_yml.read_text()
    again = write_draft(dbt_project, "web", sample, guess, "UTC", "corner")
    assert (again.written, again.hints) == ([], [])
    other = write_draft(dbt_project, "web", sample, guess, "UTC", "market")
    assert other.hints == [
        f"write `{line.replace('corner', 'market')}` in {project_yml} for the shop market"
    ]


def test_the_line_says_of_which_kind_keys_are_that_other_sources_tell_too(
    dbt_project: Path, guess_at: Guesser, tmp_path: Path
) -> None:
    """A card is told by a till and by who issues it; an address is seen to be one."""
    rows = "R1,9912-001,2024-02-01,Tea,1,5.00,5.00\nR2,9912-002,2024-02-03,Cup,2,3.00,6.00\n"
    told = {}
    for column in ("card_number", "phone", "customer_id"):
        header = f"receipt_no,{column},date,article,quantity,price,total\n"
        (tmp_path / column).mkdir()
        (tmp_path / column / "receipts.csv").write_text(header + rows)
        sample, guess = guess_at(tmp_path / column)
        write_draft(dbt_project, f"till_{column}", sample, guess, "UTC", "corner")
        sources = yaml.safe_load((dbt_project / "dbt_project.yml").read_text())["vars"]["sources"]
        told[column] = sources[f"till_{column}"].get("customer_key")
    assert told == {"card_number": "card_number", "phone": "phone", "customer_id": None}


@pytest.mark.parametrize("name", ["Shop", "my-shop", "a__b", "1st", "select", "contract", ""])
def test_a_name_that_cannot_be_is_refused(name: str) -> None:
    with pytest.raises(PortraitError, match="cannot be the name of a source"):
        check_name(name)


def test_a_folder_without_tables_is_told(tmp_path: Path) -> None:
    (tmp_path / "notes.docx").write_text("x")
    with (
        pytest.raises(PortraitError, match=r"notes\.docx has another ending"),
        sample_files(tmp_path),
    ):
        pass


def all_files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_is_killed_on_the_way_leaves_a_project_that_dbt_reads(
    dbt_project: Path, guess_at: Guesser, tmp_path: Path
) -> None:
    """A model needs its sources; a source is on only when all of it is there."""
    written = draft(dbt_project, guess_at, write_export(tmp_path, "shopify")).written
    assert (written[0].name, written[-1].name) == ("_sources.yml", "dbt_project.yml")


@pytest.mark.parametrize("move", range(7))
def test_a_draft_that_cannot_be_written_whole_is_not_written_at_all(
    dbt_project: Path,
    guess_at: Guesser,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    move: int,
) -> None:
    export = write_export(tmp_path, "shopify")
    before, folders = all_files(dbt_project), sorted(dbt_project.rglob("*/"))
    moves = iter(range(100))
    replace = Path.replace

    def failing(path: Path, target: Path) -> Path:
        if next(moves) == move:
            raise OSError(28, "No space left on device", str(target))
        return replace(path, target)

    with monkeypatch.context() as patch, pytest.raises(PortraitError, match="No space left"):
        patch.setattr(Path, "replace", failing)
        draft(dbt_project, guess_at, export)
    assert (all_files(dbt_project), sorted(dbt_project.rglob("*/"))) == (before, folders)
    assert len(draft(dbt_project, guess_at, export).written) == 7


def test_a_source_that_cannot_be_declared_is_not_drafted(
    dbt_project: Path, guess_at: Guesser, tmp_path: Path
) -> None:
    sample, guess = guess_at(write_export(tmp_path, "shopify"))
    before = all_files(dbt_project)
    with (
        pytest.raises(PortraitError, match="no YAML"),
        writing_draft(dbt_project, "shop", sample, guess, "UTC"),
    ):
        raise PortraitError("sources.yml is no YAML.", "Correct it.")
    assert all_files(dbt_project) == before


def test_a_source_is_not_added_while_a_run_is_going_on(tmp_path: Path) -> None:
    project = copy_dbt_project(tmp_path)
    before = all_files(project.root)
    export = write_export(tmp_path, "shopify")
    with project.lock_file.open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(PortraitError, match="Another run is going on"):
            add_source(make_console(), project, "shop", export, "UTC")
    assert all_files(project.root) == before
    add_source(make_console(), project, "shop", export, "UTC")
    assert project.sources_file.exists()


@pytest.mark.parametrize("name", ["cdnow", "shop"])
def test_a_name_that_another_source_has_is_refused(tmp_path: Path, name: str) -> None:
    project = copy_dbt_project(tmp_path)
    export = write_export(tmp_path, "shopify")
    add_source(make_console(), project, "shop", export, "UTC")
    (tmp_path / "other").mkdir()
    other = write_export(tmp_path / "other", "shopify")
    before = all_files(project.root)
    with pytest.raises(PortraitError, match=f"There is a source {name} already"):
        add_source(make_console(), project, name, other, "UTC")
    assert all_files(project.root) == before


def test_the_time_zone_is_remembered(tmp_path: Path) -> None:
    project = copy_dbt_project(tmp_path)
    export = write_export(tmp_path, "shopify")
    first = add_source(make_console(), project, "shop", export, "Asia/Shanghai").draft
    orders = first.folder / "stg_shop__orders.sql"
    assert "Asia/Shanghai" in orders.read_text()
    before = all_files(project.root)
    orders.unlink()
    assert add_source(make_console(), project, "shop", export, None).draft.written == [orders]
    assert all_files(project.root) == before
    assert add_source(make_console(), project, "shop", export, None).draft.written == []


def test_a_draft_notes_how_its_columns_are_written(
    dbt_project: Path, guess_at: Guesser, tmp_path: Path
) -> None:
    written = draft(dbt_project, guess_at, write_export(tmp_path, "totals"))
    (source,) = yaml.safe_load((written.folder / "_sources.yml").read_text())["sources"]
    (table,) = source["tables"]
    styles = {"order date": "%d.%m.%Y", "total": ","}
    assert table["config"]["meta"]["portrait"]["written"] == styles


def test_each_sheet_is_a_table_that_is_drafted_or_left(
    dbt_project: Path, guess_at: Guesser, tmp_path: Path
) -> None:
    sheets = {
        "Sheet1": [["month", "sum"], ["March", "24.00"]],
        "Orders": [["order_id", "customer_id", "order_date"], ["1", "a", "2025-03-01"]],
        "Lines": [["order_id", "sku", "quantity", "price"], ["1", "MUG", "2", "12.00"]],
    }
    folder = tmp_path / "data"
    folder.mkdir()
    write_excel(folder / "shop.xlsx", *sheets.items())
    sample, guess = guess_at(folder)
    assert list(guess.unused) == ["shop"]
    written = write_draft(dbt_project, "shop", sample, guess, "UTC")
    declared = yaml.safe_load((written.folder / "_sources.yml").read_text())["sources"][0]
    assert [table["name"] for table in declared["tables"]] == ["orders", "lines"]
    text = (written.folder / "stg_shop__order_lines.sql").read_text()
    assert "sample of `shop.xlsx (Lines)`" in text and "source('raw_shop', 'lines')" in text


def test_sources_of_a_shop_have_one_clock(tmp_path: Path) -> None:
    project = copy_dbt_project(tmp_path)
    export = write_export(tmp_path, "shopify")
    add_source(make_console(), project, "till", export, "Asia/Shanghai", "corner")
    same = add_source(make_console(), project, "app", export, None, "corner")
    assert "Asia/Shanghai" in (same.draft.folder / "stg_app__orders.sql").read_text()
    other = add_source(make_console(), project, "web", export, "UTC", "corner")
    (asked,) = [one for one in other.guess.questions if one.column == "web.time_zone"]
    assert asked.flag == "--time-zone Asia/Shanghai" and asked.text.endswith("?")
    alone = add_source(make_console(), project, "alone", export, None)
    assert not [one for one in alone.guess.questions if one.column == "alone.time_zone"]
    assert "Asia/Shanghai" not in (alone.draft.folder / "stg_alone__orders.sql").read_text()
