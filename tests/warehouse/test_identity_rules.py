"""What the user has decided about who is who counts on all days, and can be taken back."""

from collections.abc import Iterator, Sequence

import duckdb
import pytest

from orchestration.warehouse.plain_project import PlainProject
from tests.warehouse.conftest import new_warehouse
from tests.warehouse.full_build import COMPARED, LAYERS, check_full_build
from tests.warehouse.invariants import contents
from tests.warehouse.test_identities import ACCOUNTS, CARD, MEETING, ORDERS, WEB, bring

APP, LATER_APP, OTHER_WEB = "simulated:app-u", "simulated:app-v", "simulated:web-2"
# (action, source_key, other_source_key, identifier_kind, value), a row a statement.
Rule = Sequence[tuple[str, str | None, str | None, str | None, str | None]]
SPLIT_CARD: Rule = [("split", CARD, key, None, None) for key in (APP, LATER_APP, WEB)]
SPLIT_EDGE: Rule = [("split", APP, WEB, "email", None)]
BLOCK: Rule = [("block", None, None, None, " Anna@Shop.cn")]
MERGE: Rule = [("merge", OTHER_WEB, LATER_APP, None, None)]
# Rules, and whose each key is then.
DECIDED = {
    "a key": (SPLIT_CARD, {CARD: [CARD], WEB: [APP, LATER_APP, WEB], OTHER_WEB: [OTHER_WEB]}),
    "an edge": (SPLIT_EDGE, {CARD: [APP, CARD], WEB: [LATER_APP, WEB], OTHER_WEB: [OTHER_WEB]}),
    "a value": (
        BLOCK,
        {CARD: [APP, CARD], LATER_APP: [LATER_APP], WEB: [WEB], OTHER_WEB: [OTHER_WEB]},
    ),
    "two keys": (MERGE, {CARD: [APP, LATER_APP, CARD, WEB, OTHER_WEB]}),
    "all": (
        [*SPLIT_CARD, *MERGE],
        {CARD: [CARD], WEB: [APP, LATER_APP, WEB, OTHER_WEB]},
    ),
}


def decide(connection: duckdb.DuckDBPyConnection, rule: Rule) -> None:
    """What reading the user's file leaves in the warehouse."""
    connection.execute("delete from ingest.identity_rules")
    for number, statement in enumerate(rule, start=1):
        connection.execute(
            "insert into ingest.identity_rules by name select ? as rule, ? as action,"
            " ? as source_key, ? as other_source_key, ? as identifier_kind, ? as value",
            [number, *statement],
        )


def everything(connection: duckdb.DuckDBPyConnection) -> dict[str, object]:
    return {layer: contents(connection, layer) for layer in COMPARED}


def persons(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    return dict(
        connection.execute("""
            select customer_id, list(source_system || ':' || source_customer_id
                order by source_customer_id)
            from marts.customer_identifiers group by customer_id
        """).fetchall()
    )


@pytest.fixture(scope="module")
def shop(plain: PlainProject) -> Iterator[duckdb.DuckDBPyConnection]:
    with new_warehouse(plain) as connection:
        bring(connection, {**ACCOUNTS, **ORDERS})
        bring(connection, MEETING)
        plain.update(connection, LAYERS)
        yield connection


@pytest.mark.parametrize("decided", DECIDED)
def test_a_rule_counts_and_taken_back_was_never_there(
    plain: PlainProject, shop: duckdb.DuckDBPyConnection, decided: str
) -> None:
    """Brought up to date, every table is what a build of the whole makes of it."""
    rule, expected = DECIDED[decided]
    before = everything(shop)
    decide(shop, rule)
    plain.update(shop, LAYERS)
    assert persons(shop) == {person: sorted(keys) for person, keys in expected.items()}
    check_full_build(shop, plain)
    assert plain.failing_tests(shop) == {}
    decide(shop, [])
    plain.update(shop, LAYERS)
    assert everything(shop) == before


def test_edges_say_which_rule_decides(plain: PlainProject, shop: duckdb.DuckDBPyConnection) -> None:
    decide(shop, [*SPLIT_EDGE, *MERGE])
    plain.update(shop, LAYERS)
    assert shop.execute("""
        select identifier_kind, masked_identifier, source_customer_id, other_source_customer_id,
            not_linked_because
        from marts.identity_edges order by all
    """).fetchall() == [
        ("email", "a***@shop.cn", "web-1", "app-u", "split_by_rule"),
        ("email", "a***@shop.cn", "web-1", "app-v", None),
        ("phone", "***001", "card-7", "app-u", None),
        ("rule", "rule 2", "web-2", "app-v", None),
    ]
    decide(shop, [])
    plain.update(shop, LAYERS)


def test_no_fact_is_made_anew_for_a_rule(
    plain: PlainProject, shop: duckdb.DuckDBPyConnection
) -> None:
    decide(shop, SPLIT_EDGE)
    made = plain.update(shop, LAYERS)
    assert "whole" not in made.values()
    anew = {name for name, extent in made.items() if extent != "nothing"}
    assert {name for name in anew if name.startswith(("inputs.", "intermediate."))} == {
        f"intermediate.int_{name}"
        for name in (
            *("identity_rules", "identity_links", "identity_groups", "identity_contradictions"),
            *("identity_components", "impossible_persons", "merged_persons", "identities"),
            "household_links",
        )
    }
    decide(shop, [])
    plain.update(shop, LAYERS)


def test_every_warning_is_told_in_words(plain: PlainProject) -> None:
    assert plain.warnings
    assert [test.relation for test in plain.warnings if " as told" not in test.sql] == []


def test_a_rule_that_says_nothing_is_warned_of(
    plain: PlainProject, shop: duckdb.DuckDBPyConnection
) -> None:
    """A key or a value that nobody has, one that is none of its kind, a kind that there is not."""
    (warning,) = [test for test in plain.warnings if "identity_rules" in test.relation]
    rules: Rule = [
        *MERGE,
        ("merge", WEB, "simulated:web-99", None, None),
        ("block", None, None, None, "+86 130 0000 0001"),
        ("block", None, None, None, "nobody@shop.cn"),
        ("block", None, None, "card_number", "anna@shop.cn"),
        ("block", None, None, "email", "no address"),
        ("block", None, None, "mobile", "+86 130 0000 0001"),
        ("split", APP, WEB, "mobile", None),
        ("split", APP, WEB, "email", None),
    ]
    decide(shop, rules)
    plain.update(shop, LAYERS)
    mistakes = {
        2: "names a key that no source has",
        **dict.fromkeys((4, 5, 6, 7), "blocks a value that nobody has"),
        8: "names a kind of identifier that there is not",
    }
    assert shop.execute(f"{warning.sql} order by 1").fetchall() == [
        (
            f"Rule {rule} of identity_rules.yml {mistake}, and says nothing: correct it, or take "
            f"it back by portrait identity rules --take-back {rule}.",
        )
        for rule, mistake in mistakes.items()
    ]
    decide(shop, [])
    plain.update(shop, LAYERS)
