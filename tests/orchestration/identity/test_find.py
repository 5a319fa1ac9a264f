"""Who is one person without a shared identifier is found; who only lives there is not."""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import duckdb
import pytest

from orchestration.identity.found_links import FoundLink
from orchestration.identity.linkage.find import find_links

GIVEN = ["anna", "bruno", "carla", "david", "emma", "felix", "greta", "hugo", "ida", "jonas"]
SURNAMES = [f"{a}{b}" for a in ("berg", "linden", "stein", "wald", "bach") for b in
            ("", "er", "mann", "dorf", "son", "hoff", "meier", "feld")]  # fmt: skip
TOWNS = [(f"{52000 + 97 * number}", f"{name}stadt") for number, name in enumerate(SURNAMES)]
FOUND_ON = date(2024, 5, 31)
SCHEMA = """
    create schema intermediate; create schema features; create schema seeds;
    create table intermediate.int_customers (
        source_system varchar, source_customer_id varchar, name varchar, gender varchar,
        birth_date date, email varchar, phone varchar, address varchar, postal_code varchar,
        city varchar, region varchar, country varchar
    );
    create table intermediate.int_source_keys (
        shop varchar, source_key varchar, source_system varchar, source_customer_id varchar
    );
    create view intermediate.int_identifiers as
        select shop, source_key, 'birth_date' as identifier_kind,
            cast(birth_date as varchar) as identifier, false as is_nobodys
        from intermediate.int_source_keys
        join intermediate.int_customers using (source_system, source_customer_id)
        where birth_date is not null;
    create table intermediate.int_identity_links (
        shop varchar, identifier_kind varchar, first_source_key varchar, source_key varchar,
        refused_because varchar, linked_until date
    );
    create table features.as_of_dates as
        select unnest(['corner', 'far']) as shop, date '2024-06-01' as as_of_date, true is_current;
    create table seeds.identifier_kinds as select 'birth_date' as kind, 1 as most_per_person;
"""
Account = Mapping[str, str | None]


def people(count: int) -> dict[str, Account]:
    """Accounts of a shop by key; each fifth person has one more, and each fourth lives with kin."""
    draw = random.Random(7)
    accounts: dict[str, Account] = {}
    for number in range(count):
        given, surname = draw.choice(GIVEN), draw.choice(SURNAMES)
        postal_code, city = draw.choice(TOWNS)
        home: Account = {
            "address": f"{draw.choice(SURNAMES)}weg {draw.randint(1, 99)}",
            "postal_code": postal_code,
            "city": city,
        }
        one = {"name": f"{given} {surname}", **home, "birth_date": born(draw)}
        accounts[f"web:{number}"] = one
        if number % 5 == 0:
            accounts[f"till:{number}"] = {**one, "address": mistyped(str(home["address"]))}
        if number % 4 == 0:
            kin = draw.choice([name for name in GIVEN if name != given])
            accounts[f"app:{number}"] = {"name": f"{kin} {surname}", **home}
    return accounts


def born(draw: random.Random) -> str:
    return f"{draw.randint(1950, 2000)}-0{draw.randint(1, 9)}-{draw.randint(1, 28):02}"


def mistyped(text: str) -> str:
    return text[:3] + text[4:]


def warehouse_of(
    accounts: Mapping[str, Account], shop: str = "corner"
) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(SCHEMA)
    add(connection, accounts, shop)
    return connection


def add(
    connection: duckdb.DuckDBPyConnection, accounts: Mapping[str, Account], shop: str = "corner"
) -> None:
    for key, told in accounts.items():
        system, customer = key.split(":")
        connection.execute(
            "insert into intermediate.int_source_keys values (?, ?, ?, ?)",
            [shop, key, system, customer],
        )
        row = {"source_system": system, "source_customer_id": customer, **told}
        names = ", ".join(f"? as {name}" for name in row)
        connection.execute(
            f"insert into intermediate.int_customers by name select {names}", [*row.values()]
        )


def pairs(found: list[FoundLink]) -> set[tuple[str, str]]:
    return {link.keys for link in found}


ACCOUNTS = people(120)
TWO_OF_ONE = {(f"till:{number}", f"web:{number}") for number in range(0, 120, 5)}


@pytest.fixture(scope="module")
def found() -> list[FoundLink]:
    with warehouse_of(ACCOUNTS) as warehouse:
        return find_links(warehouse, [], 0.95)


def without(name: str, system: str) -> dict[str, Account]:
    """The accounts, of which those of a source do not tell one thing."""
    return {
        key: {**told, name: None} if key.startswith(system) else told
        for key, told in ACCOUNTS.items()
    }


def test_two_accounts_of_one_person_are_found_and_kin_is_not(found: list[FoundLink]) -> None:
    """Their address has a typing error. Who lives there has their surname, and another name."""
    assert pairs(found) == TWO_OF_ONE
    assert {link.found_on for link in found} == {FOUND_ON}
    assert {link.agreed_fields for link in found} == {
        ("birth date", "given name", "place", "surname")
    }
    assert all(0.95 <= link.match_probability < 1 for link in found)


def test_kin_is_not_found_however_little_is_asked_for() -> None:
    with warehouse_of(ACCOUNTS) as warehouse:
        assert pairs(find_links(warehouse, [], 0.5)) == TWO_OF_ONE


def test_names_may_be_written_otherwise(found: list[FoundLink]) -> None:
    """The surname first, in capitals, with a typing error; of one the name is not known."""
    accounts = dict(ACCOUNTS)
    for number in range(0, 120, 5):
        given, surname = str(ACCOUNTS[f"till:{number}"]["name"]).split()
        name = f"{mistyped(surname).upper()}, {given}" if number else None
        accounts[f"till:{number}"] = {**ACCOUNTS[f"till:{number}"], "name": name}
    with warehouse_of(accounts) as warehouse:
        assert pairs(find_links(warehouse, [], 0.95)) == pairs(found) - {("till:0", "web:0")}


def test_two_birth_dates_are_two_persons() -> None:
    other = {**ACCOUNTS["till:5"], "birth_date": "1999-12-31"}
    with warehouse_of({**ACCOUNTS, "till:5": other}) as warehouse:
        assert pairs(find_links(warehouse, [], 0.95)) == TWO_OF_ONE - {("till:5", "web:5")}


def test_nobody_is_found_by_a_rare_name_and_a_town_alone() -> None:
    """Of them some have a name that two accounts of all have, and so looks like one person's."""
    accounts = {
        key: {"name": f"{told['name']}{number // 2}", "city": told["city"]}
        for number, (key, told) in enumerate(sorted(ACCOUNTS.items(), key=lambda one: one[0][-2:]))
    }
    with warehouse_of(accounts) as warehouse:
        assert find_links(warehouse, [], 0.5) == []


def test_the_same_accounts_give_the_same_links(found: list[FoundLink]) -> None:
    keys = [*ACCOUNTS]
    random.Random(1).shuffle(keys)
    with warehouse_of({key: ACCOUNTS[key] for key in keys}) as warehouse:
        assert find_links(warehouse, [], 0.95) == found
        assert find_links(warehouse, found, 0.95) == found


def test_nobody_is_found_across_shops() -> None:
    tills = {key: told for key, told in ACCOUNTS.items() if key.startswith("till")}
    with warehouse_of({key: ACCOUNTS[key] for key in ACCOUNTS.keys() - tills.keys()}) as warehouse:
        add(warehouse, tills, "far")
        assert find_links(warehouse, [], 0.95) == []


def test_what_was_found_before_keeps_its_day_while_it_lasts(found: list[FoundLink]) -> None:
    """A pair that is likely no more is gone; one of a source that is switched off waits for it."""
    earlier = [replace(link, found_on=date(2024, 1, 1)) for link in found]
    waiting = FoundLink("crm:1", "web:0", 0.97, ("place",), date(2024, 1, 1))
    unlikely = FoundLink("web:1", "web:2", 0.97, ("place",), date(2024, 1, 1))
    with warehouse_of(ACCOUNTS) as warehouse:
        assert find_links(warehouse, [*earlier, waiting, unlikely], 0.95) == [waiting, *earlier]


def test_of_three_accounts_of_one_no_pair_is_too_many(found: list[FoundLink]) -> None:
    """A new account joins by one pair, and what was found before stays as it was."""
    with warehouse_of({**ACCOUNTS, "crm:5": ACCOUNTS["till:5"]}) as warehouse:
        at_once = pairs(find_links(warehouse, [], 0.95))
        assert at_once - TWO_OF_ONE == {("crm:5", "till:5"), ("crm:5", "web:5")}
        assert len(at_once) == len(TWO_OF_ONE) + 1
        later = pairs(find_links(warehouse, found, 0.95))
        assert later == TWO_OF_ONE | {("crm:5", "till:5")}


def test_whom_an_identifier_links_needs_no_line(found: list[FoundLink]) -> None:
    """Unless they were found before it did: the days between stay as they were."""
    with warehouse_of(ACCOUNTS) as warehouse:
        warehouse.execute(
            "insert into intermediate.int_identity_links values"
            " ('corner', 'email', 'web:0', 'till:0', null, date '9999-12-31'),"
            " ('corner', 'phone', 'web:5', 'till:5', 'value_of_nobody', date '9999-12-31'),"
            " ('corner', 'phone', 'web:10', 'till:10', null, date '2024-05-31'),"
            " ('corner', 'found', 'web:15', 'till:15', null, date '9999-12-31')"
        )
        assert pairs(find_links(warehouse, [], 0.95)) == TWO_OF_ONE - {("till:0", "web:0")}
        assert find_links(warehouse, found, 0.95) == found


def test_nobody_without_a_name_is_found() -> None:
    with warehouse_of(without("name", "")) as warehouse:
        assert find_links(warehouse, [], 0.95) == []
    with warehouse_of(without("name", "till")) as warehouse:
        assert find_links(warehouse, [], 0.95) == []


@pytest.mark.parametrize("count", [0, 1, 2])
def test_of_few_accounts_nothing_is_found(count: int) -> None:
    with warehouse_of(dict([*ACCOUNTS.items()][:count])) as warehouse:
        assert find_links(warehouse, [], 0.95) == []
