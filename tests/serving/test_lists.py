"""Customers of whom something holds: every one once, and nobody else."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from orchestration.serving.keys import Scope
from orchestration.serving.lists import read_page
from orchestration.serving.problems import ProblemError
from orchestration.serving.versions_open import OpenVersion
from tests.serving.conftest import AskAs, TestClient
from tests.serving.served_shop import ANNA, publish, rows_of

CUSTOMERS = 40
ROWS = rows_of(CUSTOMERS, 10.0)["customer_profiles"]


Read = Callable[[QueryParams], Any]


# Not the version itself: Hypothesis keeps the types of what a test takes until the process is over,
# and DuckDB's module with that one, which then tells of leaks, though nothing is open.
@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Read]:
    """A page of a version of 40 customers."""
    published = tmp_path_factory.mktemp("lists") / "published"
    publish(published, customers=CUSTOMERS)
    opened = OpenVersion((published / "current").resolve())
    yield lambda query: read_page(opened, query, sees_personal=False)
    opened.retire()


Holds = Callable[[dict[str, Any]], bool]


def at_least(name: str, value: Any) -> Holds:
    return lambda row: row.get(name) is not None and row[name] >= value


def at_most(name: str, value: Any) -> Holds:
    return lambda row: row.get(name) is not None and row[name] <= value


def one_of(name: str, values: list[Any]) -> Holds:
    return lambda row: row.get(name) in values


NUMBERS = st.integers(0, 16)
CONDITIONS = st.one_of(
    NUMBERS.map(lambda n: ([("total_spend.min", str(n))], at_least("total_spend", n))),
    NUMBERS.map(lambda n: ([("total_spend.max", str(n))], at_most("total_spend", n))),
    NUMBERS.map(lambda n: ([("order_count.max", str(n % 4))], at_most("order_count", n % 4))),
    NUMBERS.map(lambda n: ([("order_count", str(n % 4))], one_of("order_count", [n % 4]))),
    st.booleans().map(
        lambda is_so: ([("is_coupon_user", str(is_so).lower())], one_of("is_coupon_user", [is_so]))
    ),
    st.lists(st.sampled_from(["active", "new", "x'; --"]), min_size=1, max_size=3).map(
        lambda found: (
            [("lifecycle_stage", one) for one in found],
            one_of("lifecycle_stage", found),
        )
    ),
)


@settings(deadline=None, max_examples=40)
@given(st.lists(CONDITIONS, max_size=3), st.integers(1, 45))
def test_every_customer_of_whom_it_holds_is_on_one_page(
    read: Read, asked: list[tuple[list[tuple[str, str]], Holds]], limit: int
) -> None:
    # A name that comes again is one condition: taken once here.
    once = {given[0][0]: (given, holds) for given, holds in asked}
    query = [one for given, _ in once.values() for one in given]
    found, after = [], ""
    for _ in range(CUSTOMERS + 2):
        page = read(QueryParams([*query, ("limit", str(limit)), ("after", after)]))
        rows = page["customers"]
        assert len(rows) <= limit
        found += [row["customer_id"] for row in rows]
        if page["next"] is None:
            break
        assert len(rows) == limit and page["next"] == found[-1]
        after = str(page["next"])
    expected = [
        str(row["customer_id"])
        for row in ROWS
        if all(holds(dict(row)) for _, holds in once.values())
    ]
    assert found == sorted(expected)


def test_the_last_page_says_so_when_it_is_full(read: Read) -> None:
    assert read(QueryParams({"limit": str(CUSTOMERS + 1)}))["next"] is None


def test_rows_have_the_columns_that_were_asked_for(ask: TestClient) -> None:
    page = ask.get("/v1/customers", params={"columns": "total_spend,shop", "limit": 2}).json()
    assert page == {
        "customers": [
            {"customer_id": "s:1", "shop": "s", "total_spend": 11.0},
            {"customer_id": "s:2", "shop": "s", "total_spend": None},
        ],
        "next": "s:2",
    }
    days = {"first_order_date.min": "2024-01-05", "columns": "first_order_date"}
    rows = ask.get("/v1/customers", params=days).json()["customers"]
    assert [row["customer_id"] for row in rows] == ["s:4", "s:5", ANNA]
    assert ask.get("/v1/customers", params={"shop": "t"}).json()["next"] is None


@pytest.mark.parametrize(
    ("params", "where"),
    [
        ({"total_spent.min": "1"}, "query.total_spent.min"),
        ({"total_spend": "1"}, "query.total_spend"),
        ({"total_spend.min": "much"}, "query.total_spend.min"),
        ({"total_spend.min": "nan"}, "query.total_spend.min"),
        ({"total_spend.max": "1e999"}, "query.total_spend.max"),
        ({"order_count": str(2**63)}, "query.order_count"),
        ({"is_coupon_user": "yes"}, "query.is_coupon_user"),
        ({"first_order_date.max": "2024-02-30"}, "query.first_order_date.max"),
        ({"limit": "0"}, "query.limit"),
        ({"limit": "1001"}, "query.limit"),
        ({"limit": "²"}, "query.limit"),
        ({"columns": "shop,nothing"}, "query.columns"),
        ({'"; drop table x; --': "1"}, 'query."; drop table x; --'),
    ],
)
def test_what_is_wrong_is_named(ask: TestClient, params: dict[str, str], where: str) -> None:
    answer = ask.get("/v1/customers", params=params)
    assert answer.status_code == 422
    assert [one["where"] for one in answer.json()["errors"]] == [where]


@pytest.mark.parametrize(
    "params",
    [{"city": "city 1"}, {"columns": "city"}, {"household_customer_count.min": "2"}],
)
def test_nobody_is_told_apart_by_what_may_not_be_seen(
    ask: TestClient, ask_as: AskAs, params: dict[str, str]
) -> None:
    for client in (ask, ask_as(Scope.READ)):
        refused = client.get("/v1/customers", params=params)
        assert refused.status_code == 403
        assert refused.json()["code"] == "personal_column"
        rows = client.get("/v1/customers").json()["customers"]
        assert rows and not any("city" in row or "gender" in row for row in rows)
    told = ask_as(Scope.PERSONAL).get("/v1/customers", params=params)
    assert told.status_code == 200
    assert ask_as(Scope.PERSONAL).get("/v1/customers").json()["customers"][0]["city"] == "city 1"


def test_a_page_says_which_version_it_is_of(ask: TestClient) -> None:
    answer = ask.get("/v1/customers")
    assert answer.headers["portrait-version"].startswith("v000001-")
    again = ask.get("/v1/customers", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


def test_a_query_that_nobody_can_read_is_refused(read: Read) -> None:
    with pytest.raises(ProblemError):
        read(QueryParams("total_spend.min="))
