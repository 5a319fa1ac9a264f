"""Who is who in each situation that shops meet: the accounts, and the persons expected of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import duckdb
import pytest

from orchestration.warehouse.plain_project import PlainProject
from tests.warehouse.conftest import new_warehouse
from tests.warehouse.drawing import Row
from tests.warehouse.invariants import contents
from tests.warehouse.test_identities import bring
from tests.warehouse.test_partitioned import LAYERS

_DAY_MS = 86_400_000
_JANUARY_2020 = 18_262 * _DAY_MS


@dataclass(frozen=True)
class Account:
    """An account of the app: what it tells, and on which day of 2020 and later it was opened."""

    key: str
    day: int
    mail: str | None = None
    mobile: str | None = None
    device: str | None = None

    @property
    def row(self) -> Row:
        told = {"mail": self.mail, "mobile": self.mobile, "push_device": self.device}
        return {
            "user_id": self.key,
            "signup_ms": _JANUARY_2020 + self.day * _DAY_MS,
            **{name: value for name, value in told.items() if value},
        }


@dataclass(frozen=True)
class Scenario:
    """Accounts, and the groups of their keys that are one person each in the end.

    Attributes:
        cards: Till cards as (card, telephone, day, birthday); the key is `card-…`.
        refused: Reasons for which identifiers that are shared do not link.
        lives_together: Keys that share a household, if any.
    """

    accounts: list[Account]
    people: list[set[str]]
    cards: list[tuple[str, str, int, str]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    lives_together: set[str] = field(default_factory=set)


def _phone(number: int) -> str:
    return f"+86130{number:08d}"


SCENARIOS = {
    "chain": Scenario(
        [
            Account("ch1", 1, "ch1@shop.cn"),
            Account("ch2", 2, "ch1@shop.cn", _phone(1)),
            Account("ch3", 3, "ch3@shop.cn", _phone(1)),
            Account("ch4", 4, "ch3@shop.cn"),
        ],
        [{"app-ch1", "app-ch2", "app-ch3", "app-ch4"}],
    ),
    "fan-in": Scenario(
        [
            Account("fa1", 1, "fa@shop.cn"),
            Account("fa2", 2, "fa@shop.cn"),
            Account("fa3", 3, "fa@shop.cn"),
        ],
        [{"app-fa1", "app-fa2", "app-fa3"}],
    ),
    "diamond": Scenario(
        [
            Account("di1", 1, "di1@shop.cn", _phone(11)),
            Account("di2", 2, "di1@shop.cn"),
            Account("di3", 2, "di4@shop.cn", _phone(11)),
            Account("di4", 3, "di4@shop.cn", _phone(11)),
        ],
        [{"app-di1", "app-di2", "app-di3", "app-di4"}],
    ),
    "alias of an alias": Scenario(
        # The oldest of all comes to be known as theirs last: al2 joins al1, and both al0.
        [
            Account("al0", 1, "al0@shop.cn"),
            Account("al1", 2, None, _phone(21)),
            Account("al2", 3, "al2@shop.cn", _phone(21)),
            Account("al3", 4, "al2@shop.cn"),
            Account("al4", 5, "al0@shop.cn", _phone(21)),
        ],
        [{"app-al0", "app-al1", "app-al2", "app-al3", "app-al4"}],
    ),
    "shared device": Scenario(
        [
            Account("de1", 1, "de1@shop.cn", None, "household tablet"),
            Account("de2", 2, "de2@shop.cn", None, "household tablet"),
        ],
        [{"app-de1"}, {"app-de2"}],
        refused={"kind_does_not_link"},
    ),
    "a value of nobody": Scenario(
        [
            Account("no1", 1, "noemail@shop.cn", "000 0000 0000"),
            Account("no2", 2, "noemail@shop.cn", "00000000000"),
        ],
        [{"app-no1"}, {"app-no2"}],
        refused={"value_of_nobody"},
    ),
    "conflict of unique identifiers": Scenario(
        [],
        [{"card-co1-01"}, {"card-co2-01"}],
        cards=[("co1-01", _phone(31), 1, ""), ("co2-01", _phone(31), 2, "")],
        refused={"contradicting_traits"},
        lives_together={"card-co1-01", "card-co2-01"},
    ),
    "family card": Scenario(
        # The children's accounts tell no birth date: they are whose card it is first.
        [Account("fm1", 1, "fm@shop.cn", _phone(41))],
        [{"app-fm1"}, {"card-fm2-01"}, {"card-fm3-01"}],
        cards=[
            ("fm2-01", _phone(41), 2, "01/02/1980"),
            ("fm3-01", _phone(41), 3, "05/06/2005"),
        ],
        refused={"contradicting_traits"},
        lives_together={"app-fm1", "card-fm2-01", "card-fm3-01"},
    ),
    "a recycled number": Scenario(
        [
            Account("re1", 1, "re1@shop.cn", _phone(51)),
            Account("re2", 2, "re1@shop.cn"),
            Account("re3", 1200, "re3@shop.cn", _phone(51)),
            Account("re4", 1201, "re4@shop.cn", _phone(51)),
        ],
        [{"app-re1", "app-re2"}, {"app-re3", "app-re4"}],
        refused={"passed_on"},
    ),
}

# Somebody else's, which makes the day of the portraits.
ORDER: dict[str, list[Row]] = {
    "web_shop_orders": [
        {"order_no": "o", "customer_no": 1, "state": "paid", "currency": "CNY"}
        | {"placed_at": "2024-01-10T06:00:00Z"}
    ],
    "web_shop_order_items": [
        {"order_no": "o", "pos": 1, "sku": "tea", "qty": 1} | {"unit_price": 10, "line_total": 10}
    ],
}


@pytest.fixture(scope="module")
def shop(plain: PlainProject) -> Iterator[duckdb.DuckDBPyConnection]:
    """All situations in one shop, whose day is that after an order in 2024."""
    accounts = [account.row for one in SCENARIOS.values() for account in one.accounts]
    cards = [card for one in SCENARIOS.values() for card in one.cards]
    with new_warehouse(plain, is_large=True) as connection:
        bring(
            connection,
            {
                "app_users": [{**row, "_origin_row": n} for n, row in enumerate(accounts, 1)],
                "till_loyalty_cards": [
                    {
                        "card_no": card,
                        "telephone": telephone,
                        "issued_on": f"{day:02d}/01/2020",
                        "_origin_row": number,
                        **({"birthday": birthday} if birthday else {}),
                    }
                    for number, (card, telephone, day, birthday) in enumerate(cards, 1)
                ],
                **ORDER,
            },
        )
        plain.update(connection, LAYERS)
        yield connection


@pytest.fixture
def own_shop(plain: PlainProject) -> Iterator[duckdb.DuckDBPyConnection]:
    """The accounts of the chain alone, to be changed."""
    accounts = [account.row for account in SCENARIOS["chain"].accounts]
    with new_warehouse(plain, is_large=True) as connection:
        bring(
            connection, {"app_users": [{**row, "_origin_row": n} for n, row in enumerate(accounts)]}
        )
        bring(connection, ORDER)
        plain.update(connection, LAYERS)
        yield connection


# What becomes of the chain when a source changes what it has told.
CHANGES = {
    "an erased row": (
        "delete from raw_simulated.app_users where user_id = 'ch2'",
        [["app-ch1"], ["app-ch3", "app-ch4"]],
    ),
    "a corrected identifier": (
        "update raw_simulated.app_users set mobile = '+8613000000099', _load_id = 'corrected'"
        " where user_id = 'ch3'",
        [["app-ch1", "app-ch2"], ["app-ch3", "app-ch4"]],
    ),
    "a bot of 10,000 keys": (
        "insert into raw_simulated.app_users by name select 'bot' || n as user_id,"
        " 'ch1@shop.cn' as mail, 1577836800000 + n as signup_ms, 'bot' as _origin_file,"
        " n as _origin_row, 'bot' as _load_id from range(10000) as bots (n)",
        [["app-ch1"], ["app-ch2", "app-ch3", "app-ch4"]],
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_source_changes_is_as_if_it_had_always_told_so(
    plain: PlainProject, own_shop: duckdb.DuckDBPyConnection, change: str
) -> None:
    sql, expected = CHANGES[change]
    own_shop.execute(sql)
    plain.update(own_shop, LAYERS)
    assert _people(own_shop, ["app-ch1", "app-ch2", "app-ch3", "app-ch4"]) == expected
    updated = contents(own_shop, "marts")
    plain.build(own_shop, LAYERS)
    assert contents(own_shop, "marts") == updated


def _people(connection: duckdb.DuckDBPyConnection, keys: list[str]) -> list[list[str]]:
    """The keys of each person who has one of these."""
    people = connection.execute(
        "select list(source_customer_id) from marts.customer_identifiers where customer_id in ("
        "  select customer_id from marts.customer_identifiers"
        "  where list_contains($1, source_customer_id)"
        ") group by customer_id",
        [keys],
    ).fetchall()
    return sorted(sorted(found) for (found,) in people)


def _keys(scenario: Scenario) -> list[str]:
    return sorted(set().union(*scenario.people))


@pytest.mark.parametrize("name", SCENARIOS)
def test_keys_are_the_people_they_should_be(shop: duckdb.DuckDBPyConnection, name: str) -> None:
    scenario = SCENARIOS[name]
    assert _people(shop, _keys(scenario)) == sorted(sorted(person) for person in scenario.people)


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_is_shared_and_does_not_link_says_why(
    shop: duckdb.DuckDBPyConnection, name: str
) -> None:
    reasons = shop.execute(
        "select distinct not_linked_because from marts.identity_edges"
        " where list_contains($1, source_customer_id) and not is_linked",
        [_keys(SCENARIOS[name])],
    ).fetchall()
    assert {reason for (reason,) in reasons} == SCENARIOS[name].refused


@pytest.mark.parametrize("name", SCENARIOS)
def test_who_is_kept_apart_may_live_together(shop: duckdb.DuckDBPyConnection, name: str) -> None:
    scenario = SCENARIOS[name]
    households = shop.execute(
        "select list(source_customer_id) from marts.customer_identifiers"
        " inner join marts.customer_sources using (customer_id)"
        " where list_contains($1, source_customer_id) and household_customer_count > 1"
        " group by household_id",
        [_keys(scenario)],
    ).fetchall()
    assert [set(keys) for (keys,) in households] == [
        together for together in [scenario.lives_together] if together
    ]
