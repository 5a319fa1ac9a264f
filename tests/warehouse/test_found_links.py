"""Who was found to be one person counts from that day on, gives way, and can be forgotten."""

from collections.abc import Iterator, Sequence
from datetime import date

import duckdb
import pytest

from orchestration.identity.linkage.find import find_links
from orchestration.warehouse.plain_project import PlainProject
from tests.warehouse.conftest import new_warehouse
from tests.warehouse.drawing import Row
from tests.warehouse.full_build import LAYERS, check_full_build
from tests.warehouse.test_identities import ORDERS, bring
from tests.warehouse.test_identity_rules import decide, everything, persons

# Two web accounts that nobody shares an identifier with; two cards, whose holders were born on
# different days, of which an account of the app tells none.
ACCOUNTS: dict[str, list[Row]] = {
    "web_shop_customers": [
        {"customer_no": number, "email": mail, "created_at": "2024-01-05T10:00:00Z"}
        for number, mail in ((1, "anna@shop.cn"), (2, "a.berg@shop.cn"))
    ],
    "app_users": [{"user_id": "u", "mail": "cy@shop.cn", "signup_ms": 1704614400000}],
    "till_loyalty_cards": [
        {"card_no": card, "issued_on": "01/12/2023", "birthday": birthday, "_origin_row": number}
        for number, (card, birthday) in enumerate((("7", "01/02/1980"), ("8", "05/06/2005")), 1)
    ],
}
WEB, OTHER_WEB, APP = "simulated:web-1", "simulated:web-2", "simulated:app-u"
CARD, OTHER_CARD = "simulated:card-7", "simulated:card-8"
FOUND_ON = date(2024, 5, 20)
ALIKE = [(WEB, OTHER_WEB)]
CHAIN = [(CARD, APP), (APP, OTHER_CARD)]


def find(
    connection: duckdb.DuckDBPyConnection, pairs: Sequence[tuple[str, str]], on: date = FOUND_ON
) -> None:
    """What reading the user's file leaves in the warehouse."""
    connection.execute("delete from ingest.found_links")
    for one, other in pairs:
        connection.execute(
            "insert into ingest.found_links values (?, ?, 0.97, 'birth date, city', ?)",
            [one, other, on],
        )


@pytest.fixture(scope="module")
def shop(plain: PlainProject) -> Iterator[duckdb.DuckDBPyConnection]:
    with new_warehouse(plain) as connection:
        bring(connection, {**ACCOUNTS, **ORDERS})
        plain.update(connection, LAYERS)
        yield connection


def test_what_was_found_counts_from_that_day_and_can_be_forgotten(
    plain: PlainProject, shop: duckdb.DuckDBPyConnection
) -> None:
    """Portraits of the days before are as they were; brought up to date is as built anew."""
    before = everything(shop)
    purchases = "select * from features.feature_purchases where as_of_date <= ? order by all"
    early = shop.execute(purchases, [FOUND_ON]).fetchall()
    assert early
    find(shop, ALIKE)
    plain.update(shop, LAYERS)
    assert persons(shop)[WEB] == [WEB, OTHER_WEB]
    assert shop.execute(purchases, [FOUND_ON]).fetchall() == early
    assert shop.execute("""
        select as_of_date, order_count from features.feature_purchases
        where customer_id = 'simulated:web-1' order by all
    """).fetchall() == [(date(2024, 5, 1), 1), (date(2024, 6, 1), 3), (date(2024, 6, 21), 3)]
    check_full_build(shop, plain)
    assert plain.failing_tests(shop) == {}
    find(shop, [])
    plain.update(shop, LAYERS)
    assert everything(shop) == before


def test_an_edge_says_how_likely_it_is(
    plain: PlainProject, shop: duckdb.DuckDBPyConnection
) -> None:
    find(shop, ALIKE)
    plain.update(shop, LAYERS)
    assert shop.execute("""
        select identifier_kind, masked_identifier, key_count, match_probability, first_seen_date,
            is_linked
        from marts.identity_edges
    """).fetchall() == [("found", "birth date, city", 2, 0.97, FOUND_ON, True)]
    assert shop.execute("""
        select identity_evidence from marts.customer_profiles where identity_evidence is not null
    """).fetchall() == [(f"{WEB} and {OTHER_WEB} by found",)]


def test_who_cannot_be_one_person_is_not_and_shares_no_household(
    plain: PlainProject, shop: duckdb.DuckDBPyConnection
) -> None:
    """Two birth dates, by way of a third who tells none: neither of the two links counts."""
    find(shop, CHAIN)
    plain.update(shop, LAYERS)
    assert all(len(keys) == 1 for keys in persons(shop).values())
    assert {*shop.execute("select not_linked_because from marts.identity_edges").fetchall()} == {
        ("contradicting_traits",)
    }
    assert shop.execute("""
        select count(*) from marts.customer_profiles where household_customer_count > 1
    """).fetchall() == [(0,)]
    check_full_build(shop, plain)


@pytest.mark.parametrize("kind", [None, "found"])
def test_what_the_user_splits_is_not_one(
    plain: PlainProject, shop: duckdb.DuckDBPyConnection, kind: str | None
) -> None:
    find(shop, ALIKE)
    decide(shop, [("split", OTHER_WEB, WEB, kind, None)])
    plain.update(shop, LAYERS)
    assert persons(shop)[WEB] == [WEB]
    assert shop.execute("select not_linked_because from marts.identity_edges").fetchall() == [
        ("split_by_rule",)
    ]
    (warning,) = [test for test in plain.warnings if "identity_rules" in test.relation]
    assert shop.execute(warning.sql).fetchall() == []
    check_full_build(shop, plain)
    decide(shop, [])


def test_a_link_of_a_key_that_nobody_has_is_kept_and_warned_of(
    plain: PlainProject, shop: duckdb.DuckDBPyConnection
) -> None:
    (warning,) = [test for test in plain.warnings if "found_links" in test.relation]
    find(shop, [*ALIKE, (WEB, "simulated:web-99")])
    plain.update(shop, LAYERS)
    assert persons(shop)[WEB] == [WEB, OTHER_WEB]
    ((told,),) = shop.execute(warning.sql).fetchall()
    assert told.startswith("A link that was found names a key that no source has")


GIVEN = ["Anna", "Bruno", "Carla", "David", "Emma", "Felix", "Greta", "Hugo", "Ida", "Jonas", "Ute"]
SURNAMES = [f"{a}{b}" for a in ("Berg", "Linden", "Stein", "Wald") for b in ("er", "mann", "dorf")]
TOWNS = ["Aachen", "Bremen", "Celle", "Dresden", "Essen", "Fulda", "Gera", "Hanau"]
# Beside web accounts cards: who is the same, whose relative it is, and who only has the name.
SAME, RELATIVE, NAMESAKE = range(0, 20), range(20, 40), range(40, 60)


def _town() -> dict[str, list[Row]]:
    web, cards = [], []
    for number in range(120):
        given, surname = GIVEN[number % 11], SURNAMES[number % 12]
        year, month, day = 1950 + number % 45, 1 + number % 9, 1 + number % 28
        told = {"town": TOWNS[number % 7], "issued_on": "01/12/2023", "card_no": f"9{number:03}"}
        web.append(
            {"_origin_row": number, "customer_no": number, "full_name": f"{given} {surname}"}
            | {"date_of_birth": f"{year}-{month:02}-{day:02}", "city": TOWNS[number % 7]}
            | {"created_at": "2024-01-05T10:00:00Z"}
        )
        if number in SAME:
            told |= {"holder": f"{surname[:-2]}{surname[-1]}, {given}"}
        elif number in RELATIVE:
            told |= {"holder": f"{GIVEN[number % 11 - 1]} {surname}"}
        if number in NAMESAKE:
            told |= {"holder": f"{given} {surname}", "birthday": f"{day:02}/{month:02}/1999"}
        elif number in SAME:
            told |= {"birthday": f"{day:02}/{month:02}/{year}"}
        if "holder" in told:
            cards.append({"_origin_row": number, **told})
    return {"web_shop_customers": web, "till_loyalty_cards": cards}


def test_who_is_found_is_one_person_and_a_relative_and_a_namesake_are_not(
    plain: PlainProject,
) -> None:
    """A name with a typing error and the surname first; another given name; another birth date."""
    with new_warehouse(plain) as shop:
        bring(shop, {**_town(), **ORDERS})
        plain.update(shop, LAYERS)
        found = find_links(shop, [], 0.9)
        expected = {(f"simulated:card-9{n:03}", f"simulated:web-{n}") for n in SAME}
        assert {link.keys for link in found} == expected
        assert {link.found_on for link in found} == {date(2024, 6, 20)}
        find(shop, [link.keys for link in found], on=date(2024, 6, 20))
        plain.update(shop, LAYERS)
        together = {tuple(sorted(keys)) for keys in persons(shop).values() if len(keys) > 1}
        assert together == expected
        assert find_links(shop, found, 0.9) == found
