"""Whatever accounts and rules come and go, who is who is as if all had come at once."""

from dataclasses import dataclass
from itertools import count

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from orchestration.warehouse.plain_project import PlainProject
from tests.warehouse.conftest import new_warehouse
from tests.warehouse.drawing import Row, deliver
from tests.warehouse.full_build import check_full_build
from tests.warehouse.test_found_links import find
from tests.warehouse.test_identity_rules import Rule, decide
from tests.warehouse.test_partitioned import EXAMPLES, some_examples

_loads_so_far = count()
_LAYERS = {"staging", "inputs", "intermediate"}
_JANUARY_2020_MS = 1_577_836_800_000

# So few values that groups meet, part and contradict each other in nearly every example.
_mails = st.none() | st.sampled_from(["a@shop.cn", "b@shop.cn", "c@shop.cn"])
_phones = st.none() | st.sampled_from([f"+861300000000{n}" for n in range(1, 4)])
_keys = st.sampled_from([f"simulated:app-{n}" for n in range(6)] + ["simulated:card-1"])
_accounts = st.fixed_dictionaries(
    {
        "user_id": st.sampled_from([str(n) for n in range(6)]),
        "mail": _mails,
        "mobile": _phones,
        "signup_ms": st.integers(0, 4).map(lambda day: _JANUARY_2020_MS + day * 86_400_000),
    }
)
_cards = st.fixed_dictionaries(
    {
        "card_no": st.sampled_from("123"),
        "telephone": _phones,
        "issued_on": st.sampled_from(["01/01/2020", "03/01/2020"]),
        "birthday": st.none() | st.sampled_from(["01/05/1980", "02/05/1981"]),
    }
)
_statements = (
    st.tuples(
        st.just("split"), _keys, _keys, st.none() | st.sampled_from(["email", "phone"]), st.none()
    )
    | st.tuples(st.just("merge"), _keys, _keys, st.none(), st.none())
    | st.tuples(st.just("block"), st.none(), st.none(), st.none(), st.sampled_from(["a@shop.cn"]))
)


@dataclass(frozen=True)
class Load:
    """The rows that files hold now, all that the user has decided, all pairs that were found."""

    accounts: dict[str, list[Row]]
    cards: dict[str, list[Row]]
    rules: Rule
    found: list[tuple[str, str]]


def _files(rows: st.SearchStrategy[Row], key: str) -> st.SearchStrategy[dict[str, list[Row]]]:
    of_a_file = st.lists(rows, max_size=4, unique_by=lambda row: row[key])
    return st.dictionaries(st.sampled_from(["a", "b"]), of_a_file, max_size=2)


_loads = st.builds(
    Load,
    _files(_accounts, "user_id"),
    _files(_cards, "card_no"),
    st.lists(_statements, max_size=3),
    st.lists(st.tuples(_keys, _keys), max_size=1),
)


@some_examples
@given(loads=st.lists(_loads, min_size=2, max_size=4 if EXAMPLES > 4 else 3))
def test_any_sequence_of_accounts_and_rules_gives_what_a_full_build_gives(
    plain: PlainProject, loads: list[Load]
) -> None:
    with new_warehouse(plain) as connection:
        for load in loads:
            for file, rows in load.accounts.items():
                _replace(connection, "app_users", file, rows)
            for file, rows in load.cards.items():
                _replace(connection, "till_loyalty_cards", file, rows)
            decide(connection, load.rules)
            find(connection, load.found)
            plain.update(connection, _LAYERS)
            check_full_build(connection, _who_is_who(plain))


def test_what_is_taken_back_together_with_its_key_leaves_no_link(plain: PlainProject) -> None:
    """A rule, and a pair that was found: in the same run an account that they name is gone."""
    pair = ("simulated:app-1", "simulated:app-2")
    with new_warehouse(plain) as connection:
        for number in (1, 2):
            account: Row = {"user_id": str(number), "signup_ms": _JANUARY_2020_MS}
            _replace(connection, "app_users", f"{number}", [account])
        decide(connection, [("merge", *pair, None, None)])
        find(connection, [pair])
        plain.update(connection, _LAYERS)
        assert _link_kinds(connection) == ["found", "rule"]
        _replace(connection, "app_users", "1", [])
        decide(connection, [])
        find(connection, [])
        plain.update(connection, _LAYERS)
        assert _link_kinds(connection) == []
        check_full_build(connection, _who_is_who(plain))


def _replace(connection: duckdb.DuckDBPyConnection, table: str, file: str, rows: list[Row]) -> None:
    connection.execute(f"delete from raw_simulated.{table} where _origin_file = ?", [file])
    deliver(connection, f"raw_simulated.{table}", file, rows, f"load {next(_loads_so_far)}")


def _who_is_who(plain: PlainProject) -> PlainProject:
    words = ("identi", "persons", "household_links")
    return PlainProject(
        (), tuple(one for one in plain.built if any(word in one.relation for word in words)), ()
    )


def _link_kinds(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.execute(
        "select identifier_kind from intermediate.int_identity_links order by all"
    ).fetchall()
    return [kind for (kind,) in rows]
