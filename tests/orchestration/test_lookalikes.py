"""Lists of customers and who is like them, asked of a published snapshot."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
import yaml
from click.testing import CliRunner, Result

from orchestration.cli.main import main
from orchestration.entering import environment
from orchestration.errors import PortraitError
from orchestration.project import Project
from orchestration.publishing.customer_list import read_list, select_list
from orchestration.publishing.lookalikes import _NUMBERS, find
from orchestration.publishing.reading import Snapshot, open_snapshot
from orchestration.publishing.versions import new_version

# Of 300 customers of `tea` each third drinks tea; the first 150 of them are known to a club.
SHOP = """
    create table customer_profiles as
    select 'tea' as shop, 'till:' || lpad(n::text, 3, '0') as customer_id,
        date '2024-03-01' as as_of_date, (1 + n % 7)::bigint as order_count,
        (10 + n * 37 % 101)::decimal(18, 4) as total_spend,
        case when n % 3 = 0 then 'morning' else 'evening' end as preferred_day_part,
        case when n % 3 = 0 and n < 150 then 'woman' else 'man' end as gender,
        n % 3 = 0 and n < 150 as is_category_lover
    from range(300) as customers (n)
    union all
    select 'cup', 'web:' || n, date '2024-03-01', 1, 5, 'noon', null, false
    from range(40) as others (n);
    create table customer_identifiers as
    select customer_id, split_part(customer_id, ':', 1) as source_system,
        split_part(customer_id, ':', 2) as source_customer_id
    from customer_profiles
    union all values ('till:000', 'club', 'gold-1'), ('till:003', 'web', '001');
    create table tag_catalog as
    from (values ('preferred_day_part', 'rule', 'internal', 'text'),
        ('gender', 'fact', 'personal', 'text'),
        ('is_category_lover', 'rule', 'internal', 'boolean'))
        as tags (tag_key, kind, sensitivity, value_type);
    create table customer_preferences as
    select customer_id, 'category' as dimension, 'Tea' as dimension_value, 0.5 as tf_idf
    from customer_profiles where preferred_day_part = 'morning';
    create table order_lines as
    select customer_id, customer_id || '-1' as order_id, 'till:tea' as product_id,
        'product' as line_kind, 1 as quantity, 0 as returned_quantity
    from customer_profiles where preferred_day_part = 'morning';
    create table products as select 'till:tea' as product_id, 'Green tea' as name;
"""


@pytest.fixture
def published(project: Project) -> Project:
    with (
        new_version(project.published, datetime(2024, 3, 1, tzinfo=UTC)) as folder,
        duckdb.connect(folder / "marts.duckdb") as connection,
    ):
        connection.execute(SHOP)
    return project


@pytest.fixture
def snapshot(published: Project) -> Iterator[Snapshot]:
    with open_snapshot(published.current) as opened:
        yield opened


def listed(folder: Path, text: str) -> Path:
    file = folder / "list.csv"
    file.write_bytes(text.encode())
    return file


def ask(project: Project, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Result:
    for name, value in environment(project).items():
        monkeypatch.setenv(name, value)
    return CliRunner().invoke(main, ["lookalikes", *arguments])


def test_a_list_is_read_by_any_key(snapshot: Snapshot, tmp_path: Path) -> None:
    text = (
        "\ufeffcustomer_id;note\r\ntill:000;x\r\n\r\nclub:gold-1;y\r\n002;z\r\ntill:001\r\n002\r\n"
    )
    found = read_list(snapshot, listed(tmp_path, text))
    assert found.shop == "tea"
    assert found.customers == ("till:000", "till:001", "till:002")
    assert not found.named_columns


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("till:000\nnobody\nno one\n", "2 of 3 ids in .* are no customers: no one, nobody"),
        ("001\n", "Several sources have a customer 001"),
        ("till:000\nweb:7\nweb:8\n", "several shops: 2 of cup, 1 of tea"),
        ("customer_id\n\n", "names nobody"),
        ("", "names nobody"),
        ("\x00\x00", "no customers"),
    ],
)
def test_a_list_that_is_none_is_refused(
    snapshot: Snapshot, tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(PortraitError, match=message):
        read_list(snapshot, listed(tmp_path, text))


def test_a_file_that_cannot_be_read_is_named(snapshot: Snapshot, tmp_path: Path) -> None:
    with pytest.raises(PortraitError, match="There is no file "):
        read_list(snapshot, tmp_path / "gone")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    for file in (tmp_path, tmp_path / "binary"):
        with pytest.raises(PortraitError, match="cannot be read as text"):
            read_list(snapshot, file)


def test_a_condition_selects_and_tells_its_columns(snapshot: Snapshot) -> None:
    found = select_list(snapshot, "shop = 'tea' and is_category_lover -- the club")
    assert len(found.customers) == 50
    assert {"is_category_lover", "shop"} <= found.named_columns


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("no_column = 1", "no condition: no_column = 1. Binder Error"),
        ("1 = 1); select (1", "no condition"),
        ("order_count > 99", "Of no customer holds"),
        ("order_count > 0", "several shops: cup, tea"),
    ],
)
def test_a_condition_that_is_none_is_refused(
    snapshot: Snapshot, condition: str, message: str
) -> None:
    with pytest.raises(PortraitError, match=message):
        select_list(snapshot, condition)


def test_those_who_are_like_the_list_are_found(snapshot: Snapshot) -> None:
    """Of the list of a club, those tea drinkers are who are not in it."""
    found = find(snapshot, select_list(snapshot, "is_category_lover"), 50)
    assert (found.list_count, found.others_count) == (50, 250)
    assert set(found.customer_ids) == {f"till:{n:03}" for n in range(150, 300, 3)}
    assert found.is_told_apart
    told = found.as_json()
    words = {trait["trait"] for trait in told["traits"]}
    # Named in the condition, or about the person: neither counts.
    assert not words & {"is_category_lover", "gender man", "gender woman"}
    assert {"category Tea", "buys Green tea", "preferred_day_part morning"} <= words


def test_a_short_list_is_refused(snapshot: Snapshot) -> None:
    with pytest.raises(PortraitError, match="The list has 17 customers"):
        find(snapshot, select_list(snapshot, "is_category_lover and customer_id < 'till:050'"), 5)
    with pytest.raises(PortraitError, match="all but 3 of the shop's"):
        find(snapshot, select_list(snapshot, "shop = 'tea' and customer_id > 'till:002'"), 5)


def test_without_facts_what_they_lean_to_is_enough(published: Project, tmp_path: Path) -> None:
    with duckdb.connect(tmp_path / "marts.duckdb") as connection:
        connection.execute(SHOP + "drop table order_lines; drop table products;")
    with open_snapshot(tmp_path) as snapshot:
        assert find(snapshot, select_list(snapshot, "is_category_lover"), 5).is_told_apart


def test_the_command_tells_how_good_it_is_first(
    published: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ids = "\n".join(f"till:{n:03}" for n in range(0, 150, 3))
    file = str(listed(tmp_path, ids))
    result = ask(published, monkeypatch, file, "--count", "3")
    assert result.exit_code == 0, result.output
    assert result.output.startswith(
        "A list of 50 customers of tea, beside 250 others, as of 2024-03-01.\n"
        "Hidden and looked for again, "
    )
    assert "buys Green tea" in result.output
    assert "Nothing that is known" not in result.output
    as_json = ask(published, monkeypatch, file, "--count", "3", "--json")
    told = json.loads(as_json.output)
    assert [one["rank"] for one in told["lookalikes"]] == [1, 2, 3]
    assert told["quality"]["auc"] > 0.8
    assert ask(published, monkeypatch, file, "--count", "3", "--json").output == as_json.output


def test_a_list_of_anybody_is_told_as_such(
    published: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ids = "\n".join(f"till:{n:03}" for n in range(0, 300, 4))
    result = ask(published, monkeypatch, str(listed(tmp_path, ids)))
    assert "Nothing that is known tells the list from others" in result.output


def test_a_list_is_named_one_way(published: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    for arguments in ([], ["list.csv", "--where", "order_count > 1"]):
        result = ask(published, monkeypatch, *arguments)
        assert result.exit_code == 2
        assert "Name either a FILE of ids or a condition" in result.output


def test_each_number_is_a_column_of_the_profiles(project: Project) -> None:
    file = project.dbt_project / "models" / "marts" / "customer_profiles.yml"
    (profiles,) = yaml.safe_load(file.read_text())["models"]
    assert set(_NUMBERS) <= {column["name"] for column in profiles["columns"]}
