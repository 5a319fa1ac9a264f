"""A simulated shop through landing and all the SQL: dirt that was put in comes out as verdicts."""

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from orchestration.project import Project
from orchestration.simulator.generate import simulate
from orchestration.simulator.plan import Plan
from orchestration.warehouse.plain_project import PlainProject
from orchestration.warehouse.plain_sql import compile_project
from tests.warehouse.conftest import new_warehouse
from tests.warehouse.invariants import (
    DATED,
    check_data_tests,
    check_late_attribution,
    check_no_future,
)
from tests.warehouse.simulated_shop import land_shop

Fill = Callable[[duckdb.DuckDBPyConnection], object]
LATE = date(2024, 5, 10)  # Of 200 days from the first of January on.

# Kind of dirt → the reason for which its rows are rejected; the other kinds are accepted rows.
REASONS = {
    "exact_duplicate": "duplicate_key",
    "conflicting_duplicate": "conflicting_duplicate",
    "unparseable_date": "unparseable_value",
    "missing_customer": "missing_customer",
    "impossible_price": "negative_price",
}
# A data test, and what must not happen unnoticed.
SPOILED = {
    "assert_no_activity_is_known_before_it_happened": (
        "update intermediate.int_customer_days set known_date = activity_date - 1"
        " where activity_date = (select max(activity_date) from intermediate.int_customer_days)"
    ),
    "assert_buyers_of_a_category_have_preferences": (
        "delete from features.feature_affinities where as_of_date ="
        " (select as_of_date from features.as_of_dates where is_current)"
    ),
    "assert_customer_tags_agree_with_tag_models": (
        "delete from marts.customer_tags where tag_key = 'value_tier'"
    ),
    "assert_history_says_what_the_tags_said": (
        "delete from marts.tag_periods where (customer_id, attribute, valid_from) ="
        " (select max((customer_id, attribute, valid_from)) from marts.tag_periods)"
    ),
}
ENTITIES = {
    "customers": "customers",
    "users": "customers",
    "loyalty_cards": "customers",
    "orders": "orders",
    "purchases": "orders",
    "receipts": "orders",
    "order_items": "order_lines",
    "purchase_items": "order_lines",
    "receipt_lines": "order_lines",
    "clickstream": "events",
    "events": "events",
    "reviews": "reviews",
}


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The truth of a simulated shop, far from its raw files."""
    folder = tmp_path_factory.mktemp("simulated")
    simulate(Plan(customers=300, days=200, seed=3), folder / "shop")
    shutil.move(folder / "shop" / "truth", folder / "truth")
    return folder / "truth"


@pytest.fixture(scope="module")
def fill(project: Project, truth: Path) -> Fill:
    """Lands the raw files, with the truth out of reach."""
    return lambda connection: land_shop(connection, project, truth.parent / "shop")


@pytest.fixture(scope="module")
def built(plain: PlainProject, fill: Fill) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse made of the raw files."""
    with new_warehouse(plain) as connection:
        fill(connection)
        plain.build(connection)
        yield connection


def ask(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[object, ...]]:
    return connection.execute(sql).fetchall()


def test_every_data_test_holds(built: duckdb.DuckDBPyConnection, plain: PlainProject) -> None:
    check_data_tests(built, plain)


@pytest.mark.parametrize("test", SPOILED)
def test_a_data_test_fails_where_it_should(
    built: duckdb.DuckDBPyConnection, plain: PlainProject, test: str
) -> None:
    (asked,) = (one.sql for one in plain.tests if one.relation == test)
    assert ask(built, asked) == []
    built.execute("begin")
    assert ask(built, SPOILED[test]) > [(0,)]
    assert ask(built, asked)
    built.execute("rollback")


def test_rows_dated_on_or_after_the_day_change_nothing_as_of_it(
    project: Project, plain: PlainProject, fill: Fill
) -> None:
    """Events, campaigns, consents, surveys, reviews and coupons of the last third among them."""
    plain_as_of = compile_project(project, {"as_of_date": LATE.isoformat()})
    with new_warehouse(plain) as connection:
        fill(connection)
        left_out = check_no_future(connection, plain_as_of, LATE)
    assert set(left_out) == {*DATED, "order_lines"}
    assert all(left_out.values()), left_out


def test_a_merge_of_accounts_changes_no_fact_and_can_be_undone(
    plain: PlainProject, fill: Fill
) -> None:
    with new_warehouse(plain) as connection:
        fill(connection)
        check_late_attribution(connection, plain)


def test_every_entity_has_rows(built: duckdb.DuckDBPyConnection) -> None:
    entities = ask(built, "select entity from marts.data_quality where outcome = 'accepted'")
    assert len({entity for (entity,) in entities}) == 11


def test_quarantine_holds_the_dirt_that_was_put_in_and_nothing_else(
    built: duckdb.DuckDBPyConnection, truth: Path
) -> None:
    expected: dict[tuple[object, object], int] = {}
    dirt = ask(built, f"select table_name, kind, row_key from '{truth}/dirt-*.parquet'")
    for table, kind, _ in dirt:
        if kind in REASONS:
            place = (ENTITIES[str(table)], REASONS[str(kind)])
            expected[place] = expected.get(place, 0) + 1
    # Lines share the fate of their order.
    for kind, reason in [
        ("missing_customer", "missing_customer"),
        ("unparseable_date", "rejected_order"),
    ]:
        keys = [key for _, of_kind, key in dirt if of_kind == kind]
        if reason == "rejected_order":
            keys += orders_of_test_accounts(built, truth)
        ((lines,),) = ask(
            built,
            f"select count(*) from inputs.input_order_lines where source_order_id in {keys}",
        )
        expected["order_lines", reason] = int(str(lines))
    found = ask(
        built,
        "select entity, reason_code, count(*) from intermediate.int_quarantine group by all",
    )
    for entity, count in rows_of_test_accounts(built, truth).items():
        expected[entity, "test_account"] = count
    assert {(entity, reason): count for entity, reason, count in found} == expected
    assert len(expected) == 18


# At the review site a tester has a nickname like anybody's, so nothing gives the account away.
TEST_ACCOUNTS = """
    select system || '-' || number from '{0}/accounts-*.parquet'
    join '{0}/people-*.parquet' using (person_id) where is_test_account and system <> 'review'
"""


def orders_of_test_accounts(built: duckdb.DuckDBPyConnection, truth: Path) -> list[object]:
    """The orders of test accounts, by the truth."""
    query = "select source_order_id from inputs.input_orders where source_customer_id in ({})"
    return [key for (key,) in ask(built, query.format(TEST_ACCOUNTS.format(truth)))]


def rows_of_test_accounts(built: duckdb.DuckDBPyConnection, truth: Path) -> dict[str, int]:
    """How many rows of each entity belong to test accounts, by the truth."""
    accounts = TEST_ACCOUNTS.format(truth)
    counts = {}
    for entity in (
        *("customers", "orders", "events", "reviews"),
        *("campaign_contacts", "coupon_redemptions", "survey_responses", "consents"),
    ):
        ((count,),) = ask(
            built,
            f"select count(*) from inputs.input_{entity} where source_customer_id in ({accounts})",
        )
        counts[entity] = int(str(count))
    return {entity: count for entity, count in counts.items() if count}


def test_the_accounts_are_those_of_the_truth(built: duckdb.DuckDBPyConnection, truth: Path) -> None:
    told = f"select system || '-' || number from '{truth}/accounts-*.parquet'"
    staged = "select source_customer_id from intermediate.int_customers"
    facts = "select source_customer_id from intermediate.int_identities"
    testers = TEST_ACCOUNTS.format(truth)
    assert set(ask(built, f"{told} except {staged}")) == set(ask(built, testers))
    assert ask(built, f"{staged} except {told}") == []
    assert ask(built, f"{facts} except {told}") == []


def test_accounts_of_a_person_are_found_and_no_others(
    built: duckdb.DuckDBPyConnection, truth: Path
) -> None:
    """There are typos in addresses, devices of two, and reviewers who bought with a card alone."""
    pairs = f"""
        with keys as (
            select customer_id, person_id
            from intermediate.int_identities
            inner join '{truth}/accounts-*.parquet' on source_customer_id = system || '-' || number
            where known_until = '9999-12-31'
        )
        select count_if(a.customer_id = b.customer_id), count_if(a.person_id = b.person_id),
            count_if(a.customer_id = b.customer_id and a.person_id = b.person_id)
        from keys as a, keys as b
        where a.customer_id = b.customer_id or a.person_id = b.person_id
    """
    ((found, true, both),) = built.execute(pairs).fetchall()
    keys = built.execute("select count(distinct source_key) from intermediate.int_identities")
    ((alone,),) = keys.fetchall()  # Each is a pair with itself.
    assert both - alone == found - alone
    assert (both - alone) / (true - alone) > 0.95


def test_sessions_are_the_visits_that_were_simulated(built: duckdb.DuckDBPyConnection) -> None:
    """Midnight makes two of a visit."""
    ((sessions,),) = ask(built, "select count(*) from intermediate.int_sessions")
    ((visits, days_of_visits),) = ask(
        built,
        """
        select count(distinct session_id), count(distinct (session_id, event_date))
        from intermediate.int_events
        """,
    )
    assert sessions == days_of_visits
    assert visits < sessions < 1.001 * visits


def test_visitors_who_did_not_sign_in_are_recognised_by_their_device(
    built: duckdb.DuckDBPyConnection, truth: Path
) -> None:
    """Devices of two are among them, and cookies on which nobody ever signed in."""
    told = f"""
        with visits as (
            select distinct source_system, device_id, event_date,
                cast(split_part(session_id, '-', 2) as bigint) // 4000000 as person_id
            from intermediate.int_events
            where source_customer_id is null
        )
        select
            count(*),
            count(recognised.device_id),
            count(recognised.device_id) filter (accounts.person_id = visits.person_id)
        from visits
        left join intermediate.int_recognised_visits as recognised
            on visits.source_system = recognised.source_system
            and visits.device_id = recognised.device_id
            and visits.event_date = recognised.session_date
        left join '{truth}/accounts-*.parquet' as accounts
            on recognised.source_customer_id = accounts.system || '-' || accounts.number
    """
    ((visits, recognised, right),) = built.execute(told).fetchall()
    assert recognised / visits > 0.85 and right / recognised > 0.98


def test_returned_goods_find_their_purchase(built: duckdb.DuckDBPyConnection) -> None:
    ((matched, all_of_them),) = ask(
        built,
        "select count(purchase_order_id), count(*) from intermediate.int_return_matches",
    )
    assert matched == all_of_them and int(str(matched)) > 0


def test_every_section_of_the_portrait_is_filled(built: duckdb.DuckDBPyConnection) -> None:
    sections = [
        *("gender", "age_band", "occupation", "income_band", "has_children", "city", "language"),
        *("order_count", "total_spend", "returned_amount", "rfm_segment", "preferred_channel"),
        *("preferred_store", "favourite_category", "favourite_brand", "campaign_response"),
        *("days_since_last_session", "average_rating"),
    ]
    counts = ask(
        built,
        f"select {', '.join(f'count({name})' for name in sections)} from marts.customer_profiles",
    )
    assert [name for name, count in zip(sections, counts[0], strict=True) if not count] == []
    ((with_sessions, with_reviews, with_campaigns, with_coupons, with_returns),) = ask(
        built,
        """
        select
            count_if(session_count > 0), count_if(review_count > 0),
            count_if(campaign_contact_count > 0), count_if(coupon_redemption_count > 0),
            count_if(returned_amount > 0)
        from marts.customer_profiles
        """,
    )
    counted = (with_sessions, with_reviews, with_campaigns, with_coupons, with_returns)
    assert all(int(str(count)) > 10 for count in counted), counted
