"""Links that were found are kept as text, and the warehouse has what stands there."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from orchestration.errors import PortraitError
from orchestration.identity.found_links import FoundLink, read_found_links, write_found_links
from orchestration.identity.rules_table import found_links_digest, remember_found_links

DAY = date(2024, 5, 31)
LINKS = [
    FoundLink("app:x: y", "crm:2", 1.0, (), DAY),
    FoundLink("app:ü", "web:1", 0.97, ("birth date", "given name"), DAY),
]
HEAD = '{"version": 1}\n'
LINE = (
    '{"source_key": "a:1", "other_source_key": "b:2", "match_probability": 0.9, '
    '"agreed_fields": ["city"], "found_on": "2024-05-31"}\n'
)


def test_links_are_written_as_they_are_read(tmp_path: Path) -> None:
    file = tmp_path / "own" / "found_links.jsonl"
    assert read_found_links(file) == []
    write_found_links(file, reversed(LINKS), 0.9)
    assert read_found_links(file) == LINKS
    head, _, last = file.read_text().splitlines()
    assert head == '{"version": 1, "least_probability": 0.9}'
    assert '"app:ü", "other_source_key": "web:1", "match_probability": 0.97' in last


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("{", "line 1: Expecting"),
        ("\n[]", "line 2: it is no object of JSON"),
        ('{"version": 2}', "line 1: it does not begin with"),
        (LINE, "line 1: it does not begin with"),
        (HEAD + '{"source_key": "a:1"}', "line 2: it does not say agreed_fields, found_on"),
        (HEAD + LINE.replace("{", '{"a": 1, '), "line 2: it does not say"),
        (HEAD + LINE.replace("a:1", "1"), "line 2: it needs two keys"),
        (HEAD + LINE.replace("a:1", "b:2"), "line 2: it needs two keys"),
        (HEAD + LINE.replace("0.9", "1.1"), "match_probability is no number from 0 to 1"),
        (HEAD + LINE.replace("0.9", "true"), "match_probability is no number from 0 to 1"),
        (HEAD + LINE.replace("0.9", "NaN"), "match_probability is no number from 0 to 1"),
        (HEAD + LINE.replace('["city"]', '"city"'), "agreed_fields is no list of names"),
        (HEAD + LINE.replace("2024-05-31", "yesterday"), "found_on is no day"),
        (HEAD + LINE.replace('"2024-05-31"', "1"), "found_on is no day"),
        (
            HEAD + LINE + LINE.replace("a:1", "c:").replace("b:2", "a:1").replace("c:", "b:2"),
            "line 3: an earlier line says it of the same two keys",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, because: str) -> None:
    file = tmp_path / "found_links.jsonl"
    file.write_text(text)
    with pytest.raises(PortraitError) as told:
        read_found_links(file)
    assert because in told.value.message
    assert str(file) in told.value.message


def test_the_warehouse_has_the_links_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "found_links.jsonl"
    with duckdb.connect() as connection:
        assert found_links_digest(connection) == ""
        assert remember_found_links(connection, file) == ""
        write_found_links(file, LINKS, 0.9)
        digest = remember_found_links(connection, file)
        assert digest == found_links_digest(connection) != ""
        assert connection.execute("from ingest.found_links order by all").fetchall() == [
            ("app:x: y", "crm:2", 1.0, "", DAY),
            ("app:ü", "web:1", 0.97, "birth date, given name", DAY),
        ]
        file.write_text("{")
        with pytest.raises(PortraitError):
            remember_found_links(connection, file)
        assert found_links_digest(connection) == digest
        file.unlink()
        assert remember_found_links(connection, file) == ""
