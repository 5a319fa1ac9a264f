"""Objects within objects are columns, lists of objects are rows; what is declared stays."""

import json
from pathlib import Path

import pytest

from orchestration.landing.files import HashCache
from orchestration.onboarding.sample import sample_files

from .landings import Connection, land_location, refused, sales, shop

ORDERS = [
    {"id": 1, "total": 1.25, "customer": {"id": "c1", "place": {"city": "Bern"}}, "items": [{}]},
    {"id": 2, "total": 12345678901234567890.5, "customer": None, "note": {"a": 1}},
    {"id": 3, "customer": {"id": "c2", "mail": "x@y.example"}, "note": "plain"},
]
NAMES = ["id", "total", "customer.id", "customer.place.city", "customer.mail", "items", "note"]


def lines() -> str:
    return "".join(json.dumps(one) + "\n" for one in ORDERS)


def array() -> str:
    return json.dumps(ORDERS, indent=2)


FORMS = {
    "a.jsonl": lines(),
    "a.json": array(),
    "b.jsonl": array(),
    "b.json": f'{{"orders": {array()}}}',
    "c.json": lines(),
}


@pytest.mark.parametrize("name", FORMS)
def test_fields_of_objects_are_columns(
    warehouse: Connection, hashes: HashCache, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text(FORMS[name])
    with sample_files(tmp_path) as sample:
        (table,) = sample.tables
        assert [column.name for column in table.columns] == NAMES
    system = shop("id", "total", "customer.id", "customer.mail", files=("*.json*",))
    land_location(warehouse, hashes, system, tmp_path)
    assert sales(warehouse, '"id", "total", "customer.id", "customer.mail", "note"')[::2] == [
        ("1", "1.25", "c1", None, None),
        ("3", None, "c2", "x@y.example", "plain"),
    ]


def test_a_declared_object_stays_json(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    (tmp_path / "a.jsonl").write_text(lines())
    land_location(warehouse, hashes, shop("id", "customer"), tmp_path)
    assert sales(warehouse, "customer ->> 'id'") == [("c1",), ("c2",), (None,)]
    columns = [row[0] for row in warehouse.execute("describe raw_shop.sales").fetchall()]
    assert not any("." in column for column in columns)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[{"id": 1}, 2]', "a.json: element 2 is no JSON object"),
        ('[{"id": 1}, {"id": ', "a.json: line 1 is no JSON object"),
        ('[{"id": 1, "id": 2}]', "a.json"),
    ],
)
def test_another_list_is_told(
    warehouse: Connection, hashes: HashCache, tmp_path: Path, text: str, told: str
) -> None:
    (tmp_path / "a.json").write_text(text)
    assert told in refused(warehouse, hashes, shop("id", files=("*.json",)), tmp_path)


def test_fields_that_a_file_has_not_are_empty_in_it(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    (tmp_path / "a.jsonl").write_text(lines())
    (tmp_path / "b.jsonl").write_text('{"id": 4, "customer": null}\n')
    (tmp_path / "c.jsonl").write_text('{"id": 5, "customer": {"id": "c5"}}\n')
    land_location(warehouse, hashes, shop("id", "customer.id", "customer.mail"), tmp_path)
    assert sales(warehouse, '"id", "customer.id", "customer.mail"')[2:] == [
        ("3", "c2", "x@y.example"),
        ("4", None, None),
        ("5", "c5", None),
    ]


def test_what_stands_where_objects_were_is_kept_and_told(
    warehouse: Connection,
    hashes: HashCache,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": 1, "customer": {"id": "c1"}, "place": {}}\n')
    (tmp_path / "b.jsonl").write_text(
        '{"id": 2, "customer": "c2", "place": null}\n{"id": 3, "customer": null, "place": {}}\n'
    )
    land_location(warehouse, hashes, shop("id", "customer.id", "place.city"), tmp_path)
    assert sales(warehouse, '"id", "customer.id", "customer"') == [
        ("1", "c1", None),
        ("2", None, "c2"),
        ("3", None, None),
    ]
    (warning,) = (one for one in caplog.messages if "not declared" in one)
    assert "b.jsonl: the column customer is not declared" in warning
