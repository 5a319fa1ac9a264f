"""Keys and numbers of JSON lines: nothing of an object is left out."""

from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.landing.files import HashCache

from .landings import Connection, land_location, refused, sales, shop


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path / "data" / "a.jsonl"


@pytest.mark.parametrize("odd", ["Order_id", "ORDER_ID", " order_id", "order_id\\t"])
@pytest.mark.parametrize("is_first", [True, False])
def test_keys_that_differ_in_case_are_one_column(
    warehouse: Connection, hashes: HashCache, file: Path, odd: str, is_first: bool
) -> None:
    lines = [f'{{"{odd}": "1"}}\n', '{"order_id": "2"}\n', '{"order_id": "3", "n": 1}\n']
    file.write_text("".join(lines if is_first else reversed(lines)))
    land_location(warehouse, hashes, shop("order_id"), file)
    assert sorted(sales(warehouse, "order_id")) == [("1",), ("2",), ("3",)]


def test_one_object_may_say_the_same_under_both(
    warehouse: Connection, hashes: HashCache, file: Path
) -> None:
    file.write_text('{"Id": null, "id": "1"}\n{"id": "2", "Id": "2"}\n{"ID": "3"}\n')
    land_location(warehouse, hashes, shop("id"), file)
    assert sales(warehouse, "id, _origin_row") == [("1", 1), ("2", 2), ("3", 3)]


def test_one_object_must_not_say_two_things(
    warehouse: Connection, hashes: HashCache, file: Path
) -> None:
    file.write_text('{"id": "1", "Id": "1"}\n\n{"id": "2", "Id": "3"}\n')
    told = refused(warehouse, hashes, shop("id"), file)
    assert "a.jsonl: row 2 has different values under the keys 'id' and 'Id'" in told


@pytest.mark.parametrize("line", ['{"id": 1, "id": 2}', '{"id": 1, "n": 0, "\\u0069d": 1}'])
def test_a_key_must_not_come_twice(
    warehouse: Connection, hashes: HashCache, file: Path, line: str
) -> None:
    file.write_text('{"id": 1}\n{"id": 1, "n": 0}\n' + line + "\n")
    assert "a.jsonl: row 3 has the key 'id' twice" in refused(warehouse, hashes, shop("id"), file)


NUMBERS = [
    *("1.10", "0.1", "-0.30", "-0.0", "100.00", "1e-7", "1.5e300", "0.30000000000000004"),
    *("1234567890123456.78", "-90071992547409.935", "0.1234567890123456789"),
    *("123456789012345678901234567890", "12345678901234567890.5", "12345678901234567e2"),
]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_keeps_its_digits(
    warehouse: Connection, hashes: HashCache, file: Path, number: str
) -> None:
    text = f'{{"note": "a \\" {number} {number}", "amount": {number}, "list": [{number}]}}\n'
    file.write_text(text)
    land_location(warehouse, hashes, shop("amount", "note"), file)
    ((amount, note),) = sales(warehouse, "amount, note")
    assert Decimal(str(amount)) == Decimal(number)
    assert note == f'a " {number} {number}'


def test_the_line_that_is_no_json_is_told(
    warehouse: Connection, hashes: HashCache, file: Path
) -> None:
    file.write_text('{"id": 1}\n\n{"id": }\n{"id": 1}\n')
    told = refused(warehouse, hashes, shop("id"), file)
    assert "a.jsonl: line 3 is no JSON object: Expecting value at column 8" in told
