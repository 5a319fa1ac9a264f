"""Rules about who is who are text that people can read, write and put right."""

from datetime import date
from pathlib import Path

import duckdb
import pytest
import yaml

from orchestration.errors import PortraitError
from orchestration.identity.kinds import check_kind
from orchestration.identity.rules import Rule, next_number, read_rules, write_rules
from orchestration.identity.rules_table import remember_rules, rules_digest
from orchestration.project import Project

DAY = date(2024, 5, 31)
MERGE = Rule(1, "merge", DAY, ("crm:1", "till:007", "app:ü"), note="“she” said: so")
SPLIT = Rule(2, "split", DAY, ("till:9",), ("crm:1", "app:x: y"), kind="phone")
BLOCK = Rule(4, "block", DAY, kind="email", value="info@shop.example", taken_back_on=DAY)
RULES = [MERGE, SPLIT, BLOCK]


def test_what_is_written_is_read(tmp_path: Path) -> None:
    file = tmp_path / "own" / "identity_rules.yml"
    assert read_rules(file) == []
    write_rules(file, RULES)
    assert read_rules(file) == RULES
    assert "“she” said: so" in file.read_text()
    assert next_number(RULES) == 5
    assert next_number([]) == 1


def test_a_rule_says_what_it_does() -> None:
    assert MERGE.words == "crm:1, till:007 and app:ü are one person"
    assert SPLIT.words == "till:9 is not the person of crm:1 and app:x: y by their phone"
    found = Rule(5, "split", keys=("a:1",), others=("b:2",), kind="found")
    assert found.words == "a:1 is not the person of b:2 by what they say of themselves"
    assert BLOCK.words == "info@shop.example (email) is nobody's"
    assert MERGE.statements == [("crm:1", "till:007", None, None), ("crm:1", "app:ü", None, None)]
    assert SPLIT.statements[1] == ("till:9", "app:x: y", "phone", None)
    assert BLOCK.statements == [(None, None, "email", "info@shop.example")]


def test_rules_may_be_written_by_hand(tmp_path: Path) -> None:
    """Numbers follow the place where none is said; one key needs no list."""
    file = tmp_path / "rules.yml"
    file.write_text("rules:\n- merge: [a:1, b:2]\n- split: a:3\n  from: b:4\n- block: '+49 30'\n")
    assert read_rules(file) == [
        Rule(1, "merge", keys=("a:1", "b:2")),
        Rule(2, "split", keys=("a:3",), others=("b:4",)),
        Rule(3, "block", value="+49 30"),
    ]


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("rules: [", "cannot be read"),
        ("version: 2\nrules: []", "does not begin with version: 1"),
        ("- merge: [a:1, b:2]", "does not begin with version: 1"),
        ("rules: merge", "rules is no list"),
        ("rules: [merge]", "entry 1 of rules is no rule"),
        ("rules: [{rule: one, block: x}]", "entry 1 of rules has no number"),
        ("rules: [{join: [a:1, b:2]}]", "rule 1 has join"),
        ("rules: [{rule: 7, note: x}]", "rule 7 is not one of merge, split, block"),
        ("rules: [{merge: [a:1, b:2], block: x}]", "rule 1 is not one of"),
        ("rules: [{merge: [a:1]}]", "rule 1 needs 2 keys or more"),
        ("rules: [{merge: [a:1, a:1]}]", "rule 1 needs 2 keys or more"),
        ("rules: [{merge: ['1', '2']}]", "each as 'source:customer'"),
        ("rules: [{split: a:1}]", "rule 1 needs keys"),
        ("rules: [{split: a:1, from: a:1}]", "rule 1 splits a key from itself"),
        ("rules: [{block: 4930}]", "block of rule 1 is no text: put it in quotes"),
        ("rules: [{block: x, made_on: yesterday}]", "made_on of rule 1 is no day"),
        ("rules: [{rule: 1, block: x}, {rule: 1, block: y}]", "two rules have the number 1"),
    ],
)
def test_what_is_wrong_is_told_with_its_rule(tmp_path: Path, text: str, because: str) -> None:
    file = tmp_path / "rules.yml"
    file.write_text(text)
    with pytest.raises(PortraitError) as told:
        read_rules(file)
    assert because in told.value.message
    assert str(file) in told.value.message


def test_a_merge_of_what_is_split_is_refused(tmp_path: Path) -> None:
    """Unless they are split by one kind of identifier only, or one of the rules is taken back."""
    file = tmp_path / "rules.yml"
    split = Rule(1, "split", keys=("a:1",), others=("b:2", "c:3"))
    merge = Rule(2, "merge", keys=("d:4", "c:3", "a:1"))
    with pytest.raises(PortraitError, match="Rule 2 merges keys that rule 1 splits"):
        write_rules(file, [split, merge])
    assert not file.exists()
    write_rules(file, [Rule(1, "split", keys=("a:1",), others=("c:3",), kind="email"), merge])
    write_rules(file, [Rule(1, "split", keys=("a:1",), others=("c:3",), taken_back_on=DAY), merge])
    write_rules(file, [split, Rule(2, "merge", keys=("b:2", "c:3"))])


def test_the_warehouse_has_the_rules_in_force(tmp_path: Path) -> None:
    file = tmp_path / "rules.yml"
    with duckdb.connect() as connection:
        assert rules_digest(connection) == ""
        assert remember_rules(connection, file) == ""
        write_rules(file, RULES)
        digest = remember_rules(connection, file)
        assert digest == rules_digest(connection) != ""
        assert connection.execute("from ingest.identity_rules order by all").fetchall() == [
            (1, "merge", "crm:1", "app:ü", None, None),
            (1, "merge", "crm:1", "till:007", None, None),
            (2, "split", "till:9", "app:x: y", "phone", None),
            (2, "split", "till:9", "crm:1", "phone", None),
        ]
        file.write_text("rules: [")
        with pytest.raises(PortraitError):
            remember_rules(connection, file)
        assert rules_digest(connection) == digest
        file.unlink()
        assert remember_rules(connection, file) == ""


@pytest.mark.parametrize("name", ["identity_rules", "found_links"])
def test_dbt_declares_what_is_remembered_as_it_is(tmp_path: Path, name: str) -> None:
    """Whoever comes first creates the table."""
    path = Project.find().dbt_project / "models" / "staging" / "_ingest.yml"
    (tables,) = [source["tables"] for source in yaml.safe_load(path.read_text())["sources"]]
    (table,) = [table for table in tables if table["name"] == name]
    with duckdb.connect() as connection:
        remember_rules(connection, tmp_path / "none.yml")
        made = connection.execute(f"describe ingest.{name}").fetchall()
    assert [(column["name"], column["data_type"].upper()) for column in table["columns"]] == [
        (row[0], row[1]) for row in made
    ]


def test_only_a_kind_that_can_be_shared_is_blocked() -> None:
    seed = Project.find().identifier_kinds
    check_kind(seed, "card_number")
    for kind in ("birth_date", "mobile"):
        with pytest.raises(PortraitError, match="There is no kind of identifier"):
            check_kind(seed, kind)
