"""`portrait identity` tells why keys are one person, and writes down what is decided."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from orchestration.cli.main import main
from orchestration.entering import environment
from orchestration.identity.rules import Rule, read_rules
from orchestration.project import Project
from orchestration.publishing.person_text import REASONS
from orchestration.publishing.versions import new_version

Command = Callable[..., Result]
PROFILES = """
    create table customer_profiles as select * from (values
        ('web:1', 'corner', date '2024-06-01'), ('web:2', 'corner', date '2024-06-01'),
        ('far:1', 'abroad', date '2024-06-01')
    ) as t (customer_id, shop, as_of_date)
"""
IDENTIFIERS = """
    create table customer_identifiers as select * from (values
        ('web:1', 'web', '1', null, null),
        ('web:1', 'till', '7', date '2024-01-02', date '2024-05-02'),
        ('web:1', 'app', 'ü', date '2024-01-03', null),
        ('web:2', 'web', '2', null, null), ('far:1', 'far', '1', null, null)
    ) as t (customer_id, source_system, source_customer_id, first_known_date, joined_date)
"""
HISTORY = """
    create table identity_history as select * from (values
        ('web', '1', 'web:1', null, true),
        ('till', '7', 'till:7', date '2024-05-02', false), ('till', '7', 'web:1', null, true),
        ('app', 'ü', 'web:1', null, true)
    ) as t (source_system, source_customer_id, recorded_as, valid_to, is_current)
"""
# web:1 and app:ü share an address and a number, app:ü and till:7 the address of another kind.
EDGES = """
    create table identity_edges as select *, not_linked_because is null as is_linked
    from (values
        ('web:1', 'web:1', 'email', 'a***@x.cn', 'web', '1', 'app', 'ü', 1, 2,
            date '2024-01-03', date '2024-04-03', null, null),
        ('web:1', 'web:1', 'phone', '***122', 'web', '1', 'app', 'ü', 1, 2,
            date '2024-01-03', date '2024-01-03', null, null),
        ('web:1', 'web:1', 'email', 'b***@x.cn', 'app', 'ü', 'till', '7', 1, 2,
            date '2024-05-01', null, null, null),
        ('web:1', 'web:2', 'device_id', '***d9', 'web', '1', 'web', '2', 1, 5,
            null, null, 'kind_does_not_link', null::double)
    ) as t (customer_id, other_customer_id, identifier_kind, masked_identifier, source_system,
        source_customer_id, other_source_system, other_source_customer_id, identifier_number,
        key_count, first_seen_date, last_seen_date, not_linked_because, match_probability)
"""


@pytest.fixture
def portrait(project: Project, monkeypatch: pytest.MonkeyPatch) -> Command:
    """`portrait identity` on a snapshot in which web:1 is one person by three keys."""
    for name, value in environment(project).items():
        monkeypatch.setenv(name, value)
    with (
        new_version(project.home / "published", datetime(2024, 1, 1, tzinfo=UTC)) as folder,
        duckdb.connect(folder / "marts.duckdb") as connection,
    ):
        for sql in (PROFILES, IDENTIFIERS, HISTORY, EDGES):
            connection.execute(sql)
    return lambda *arguments: CliRunner().invoke(main, ["identity", *arguments])


def test_why_keys_are_one_person_is_told(portrait: Command) -> None:
    told = portrait("show", "till:7")
    assert told.exit_code == 0
    assert [line.rstrip() for line in told.output.splitlines()] == [
        "web:1 is one person by 3 keys, as of 2024-06-01.",
        "",
        "Key      Known since   Joined on    Was before",
        "──────────────────────────────────────────────",
        "web:1    always",
        "till:7   2024-01-02    2024-05-02   till:7",
        "app:ü    2024-01-03",
        "",
        "Why they are one",
        "web:1",
        "└── app:ü",
        "    ├── edge 1: the e-mail address a***@x.cn since 2024-01-03, last told on 2024-04-03",
        "    ├── edge 2: the phone number ***122 since 2024-01-03",
        "    └── till:7",
        "        └── edge 3: the e-mail address b***@x.cn since 2024-05-01",
        "",
        "What is shared and does not count",
        "web:1 and web:2 share the device ***d9: it is shown only, and links nobody "
        "(5 keys have it)",
        "",
        "Not one person? portrait identity split web:1 --edge NUMBER",
    ]


def test_it_can_be_had_as_json_and_as_a_picture(portrait: Command, tmp_path: Path) -> None:
    picture = tmp_path / "person.svg"
    told = json.loads(portrait("show", "web:1", "--json", "--picture", str(picture)).output)
    assert [edge["number"] for edge in told["edges"]] == [1, 2, 3, 4]
    assert told["keys"][1] == {
        "key": "till:7",
        "known_since": "2024-01-02",
        "joined_on": "2024-05-02",
        "was": "till:7",
    }
    drawn = picture.read_text()
    assert drawn.count("<path") == 2 * len(told["edges"])
    assert drawn.count("stroke-dasharray") == 2
    for word in ("app:ü", "a***@x.cn", "another customer's", "3 keys are this person's"):
        assert word in drawn
    assert "--picture person.svg" in portrait("show", "web:1", "--picture", "person.png").output


def test_an_edge_that_is_cut_tells_what_links_all_the_same(
    portrait: Command, project: Project
) -> None:
    told = portrait("split", "web:1", "--edge", "1", "--note", "a typing error").output
    assert "Rule 1: app:ü is not the person of web:1 by their email." in told
    assert "all the same: web:1 and app:ü share the phone number ***122" in told
    (rule,) = read_rules(project.identity_rules)
    assert (rule.keys, rule.others, rule.kind) == (("app:ü",), ("web:1",), "email")
    assert rule.note == "a typing error"
    told = portrait("split", "web:1", "--edge", "1", "--edge", "2").output
    assert "all the same" not in told
    assert [rule.number for rule in read_rules(project.identity_rules)] == [1, 2, 3]


def test_keys_are_split_and_customers_merged(portrait: Command, project: Project) -> None:
    assert portrait("split", "web:1", "--key", "till:7").exit_code == 0
    assert portrait("merge", "app:ü", "2").exit_code == 0
    split, merge = read_rules(project.identity_rules)
    assert (split.keys, split.others, split.kind) == (("till:7",), ("web:1", "app:ü"), None)
    assert merge.keys == ("web:1", "web:2")
    listed = portrait("rules").output
    assert "till:7 is not the person of web:1 and app:ü" in listed
    assert portrait("rules", "--take-back", "1").exit_code == 0
    assert [rule.counts for rule in read_rules(project.identity_rules)] == [False, True]
    told = json.loads(portrait("rules", "--json").output)
    assert told[1]["words"] == "web:1 and web:2 are one person"


def test_a_value_is_blocked_as_it_is_written(portrait: Command, project: Project) -> None:
    assert portrait("block", " +49 30 1234 ", "--kind", "phone").exit_code == 0
    (rule,) = read_rules(project.identity_rules)
    assert replace(rule, made_on=None) == Rule(1, "block", kind="phone", value="+49 30 1234")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["split", "web:1"], "Name edges (--edge NUMBER) or keys (--key KEY)."),
        (["split", "web:1", "--edge", "4"], "web:1 has no edge 4 that links."),
        (["split", "web:1", "--key", "web:2"], "web:2 is no key of web:1."),
        (["split", "web:2", "--key", "web:2"], "These are all keys of web:2"),
        (["merge", "web:1", "till:7"], "web:1 has both already."),
        (["merge", "web:1", "far:1"], "web:1 is a customer of corner, far:1 of abroad."),
        (["merge", "web:1", "web:9"], "There is no customer web:9."),
        (["block", " "], "Nothing is named."),
        (["block", "x", "--kind", "mobile"], "There is no kind of identifier 'mobile'."),
        (["rules", "--take-back", "1"], "There is no rule 1 in force."),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_written(
    portrait: Command, project: Project, arguments: list[str], message: str
) -> None:
    result = portrait(*arguments)
    assert result.exit_code == 2
    assert message in result.output
    assert not project.identity_rules.exists()


def test_a_rule_is_taken_back_not_cut(portrait: Command, project: Project) -> None:
    snapshot = project.current / "marts.duckdb"
    with duckdb.connect(snapshot) as connection:
        connection.execute(
            "update identity_edges set identifier_kind = 'rule', masked_identifier = 'rule 7'"
            " where masked_identifier = '***122'"
        )
    told = portrait("split", "web:1", "--edge", "2")
    assert "Edge 2 is there because rule 7 says so." in told.output
    assert "portrait identity rules --take-back 7" in told.output


def test_what_was_found_is_told_with_its_probability(portrait: Command, project: Project) -> None:
    """It is split as an identifier is, for the two alone."""
    with duckdb.connect(project.current / "marts.duckdb") as connection:
        connection.execute(
            "update identity_edges set identifier_kind = 'found', match_probability = 0.9731,"
            " masked_identifier = 'birth date, given name'"
            " where masked_identifier in ('a***@x.cn', 'b***@x.cn')"
        )
    told = "what they say of themselves: birth date, given name; 97.31 %, found on 2024-01-03"
    assert f"edge 1: {told}" in portrait("show", "web:1").output
    picture = project.home / "person.svg"
    portrait("show", "web:1", "--picture", str(picture))
    drawn = picture.read_text()
    assert "edge 1: birth date" in drawn and "edge 3: birth date" in drawn
    assert "share the phone number ***122" in portrait("split", "web:1", "--edge", "1").output
    (rule,) = read_rules(project.identity_rules)
    assert (rule.keys, rule.others, rule.kind) == (("app:ü",), ("web:1",), "found")


def test_every_reason_has_words(project: Project) -> None:
    models = project.dbt_project / "models"
    sql = "".join(
        (models / folder / name).read_text()
        for folder, name in (
            ("intermediate", "int_identity_links.sql"),
            ("marts", "identity_edges.sql"),
        )
    )
    assert set(re.findall(r"then '([a-z_]+)'", sql)) == set(REASONS)


def test_what_older_code_has_published_is_told(portrait: Command, project: Project) -> None:
    with duckdb.connect(project.current / "marts.duckdb") as connection:
        connection.execute("drop table identity_edges")
    assert "does not say yet who is who" in portrait("show", "web:1").output
