"""Known figures, from raw rows to customer days, and what became of customers in each stage.

Of the public data sets they are published or were checked by other means, of the small shops they
can be added up by hand.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import pairwise, product
from typing import Any

import duckdb
import pytest

from orchestration.project import Project
from orchestration.publishing.reports.outcomes import Outcome
from orchestration.warehouse.plain_project import PlainProject
from tests.data_sets import SMALL_AND_PUBLIC
from tests.warehouse.public_shops import (
    GROCERY,
    PICTURE,
    WEB_AND_MUSIC,
    Paths,
    customer_days,
    drawn,
    drawn_shares,
    outcomes,
)
from tests.warehouse.small_shops import write_invoices, write_purchases

Query = Callable[[str], tuple[Any, ...]]


def asking(connection: duckdb.DuckDBPyConnection) -> Query:
    """Asks for one row."""
    return lambda sql: connection.execute(sql).fetchall()[0]


@pytest.fixture(scope="module", params=SMALL_AND_PUBLIC)
def data(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def shops(
    project: Project, plain: PlainProject, data: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A web shop with credit notes and a music shop."""
    folder = tmp_path_factory.mktemp("small")
    small: Paths = {"online_retail": write_invoices(folder), "cdnow": write_purchases(folder)}
    paths = small if data == "small" else WEB_AND_MUSIC
    with customer_days(project, plain, paths) as connection:
        yield connection


@pytest.fixture(scope="module")
def first_row(shops: duckdb.DuckDBPyConnection) -> Query:
    return asking(shops)


@pytest.fixture(scope="module")
def grocery(project: Project, plain: PlainProject) -> Iterator[duckdb.DuckDBPyConnection]:
    """The default source, whose data come with its package."""
    with customer_days(project, plain, GROCERY) as connection:
        yield connection


@pytest.fixture(scope="module")
def complete_journey(grocery: duckdb.DuckDBPyConnection) -> Query:
    return asking(grocery)


def test_online_retail_with_customer_quantity_and_price_is_the_published_total(
    first_row: Query, data: str
) -> None:
    found = first_row("""
        select
            count(*),
            count(distinct lines.source_order_id),
            count(distinct orders.source_customer_id),
            round(sum(lines.net_amount), 2)
        from inputs.input_order_lines as lines
        join inputs.input_orders as orders using (source_system, source_order_id)
        where source_system = 'online_retail'
            and orders.source_customer_id is not null and quantity > 0 and unit_price > 0
    """)
    assert (
        found
        == {
            "small": (5, 3, 2, Decimal("238.54")),
            "public": (397_884, 18_532, 4_338, Decimal("8911407.90")),
        }[data]
    )


def test_online_retail_dirt_is_counted_as_published(first_row: Query, data: str) -> None:
    assert (
        first_row("""
        select count(*), count(distinct source_order_id), round(sum(net_amount), 2)
        from inputs.input_order_lines where source_system = 'online_retail'
    """)
        == {
            "small": (12, 9, Decimal("-44.07")),
            "public": (541_909, 25_900, Decimal("9747747.93")),
        }[data]
    )
    assert (
        first_row("""
        select row_count from intermediate.int_data_quality
        where source_system = 'online_retail' and entity = 'order_lines'
            and reason_code = 'missing_customer'
    """)
        == {"small": (2,), "public": (135_080,)}[data]
    )
    assert (
        first_row("""
        select
            count_if(line_kind <> 'product'),
            count_if(source_order_id like 'C%'),
            count_if(unit_price < 0),
            count_if(unit_price = 0)
        from intermediate.int_order_lines_validated where source_system = 'online_retail'
    """)
        == {"small": (3, 4, 1, 1), "public": (2_916, 9_288, 2, 2_515)}[data]
    )


def test_the_order_cancelled_minutes_later_leaves_nothing(first_row: Query, data: str) -> None:
    """Many paper birdies, ordered at 9:15 and cancelled at 9:27."""
    order, day, amount = {
        "small": ("600008", "2010-12-09", Decimal("166.4000")),
        "public": ("581483", "2011-12-09", Decimal("168469.6000")),
    }[data]
    assert first_row(f"""
        select goods_amount, fully_returned_date = order_date
        from intermediate.int_order_totals where source_order_id = '{order}'
    """) == (amount, True)
    assert first_row(f"""
        select sum(order_count), sum(net_amount), sum(returned_amount)
        from intermediate.int_customer_days
        where source_system = 'online_retail' and source_customer_id = '16446'
            and activity_date = date '{day}'
    """) == (0, 0, amount)


def test_online_retail_nets_to_goods_less_returns(first_row: Query, data: str) -> None:
    bought, given_back, discounts, net = first_row("""
        select
            sum(net_amount) filter (where line_kind = 'product' and quantity > 0),
            sum(net_amount) filter (where line_kind = 'product' and quantity < 0),
            sum(net_amount) filter (where line_kind = 'discount'),
            (
                select sum(net_amount) from intermediate.int_customer_days
                where source_system = 'online_retail'
            )
        from intermediate.int_order_lines where source_system = 'online_retail'
    """)
    total = {"small": Decimal("38.3500"), "public": Decimal("8280967.1000")}[data]
    assert bought + given_back + discounts == net == total


def test_cdnow_is_complete(first_row: Query, data: str) -> None:
    assert (
        first_row("""
        select sum(order_count), count(distinct source_customer_id), round(sum(net_amount), 2),
            min(activity_date)::text, max(activity_date)::text
        from intermediate.int_customer_days where source_system = 'cdnow'
    """)
        == {
            "small": (4, 3, Decimal("281.02"), "1997-01-01", "1998-06-30"),
            "public": (69_659, 23_570, Decimal("2500315.63"), "1997-01-01", "1998-06-30"),
        }[data]
    )


def test_complete_journey_is_complete(complete_journey: Query) -> None:
    assert complete_journey("""
        select count(*), count(distinct source_order_id), count(distinct source_product_id),
            round(sum(net_amount), 2), count_if(quantity = 0)
        from inputs.input_order_lines where source_system = 'completejourney'
    """) == (1_469_307, 155_848, 68_509, Decimal("4596039.58"), 8_869)
    assert complete_journey("""
        select
            (select count(*) from intermediate.int_customers),
            (select count(*) from intermediate.int_campaigns),
            (select count(*) from intermediate.int_campaign_contacts),
            (select count(*) from intermediate.int_coupon_redemptions),
            (
                select count(*) from intermediate.int_identities
                where source_system = 'completejourney'
            )
    """) == (801, 27, 6_589, 2_102, 2_469)


def test_complete_journey_days_are_days_at_the_store(complete_journey: Query) -> None:
    """Timestamps are UTC: on the store's clock the year is 2017 and hardly anybody shops at 4 h."""
    assert complete_journey("""
        select min(order_date)::text, max(order_date)::text,
            count_if(order_hour = 4) < count_if(order_hour = 17) / 50
        from intermediate.int_orders where source_system = 'completejourney'
    """) == ("2017-01-01", "2017-12-31", True)


# From who orders most likely to who does least. Names that stand in no ladder together are not
# ordered: a new customer and one who needs attention differ from shop to shop.
LADDERS = {
    "lifecycle_stage": [["active", "at_risk", "dormant", "lost"]],
    "rfm_segment": [
        ["Champions", "Loyal Customers", "At Risk", "Hibernating", "Lost"],
        ["Champions", "Cannot Lose Them", "Hibernating"],
        ["Potential Loyalists", "About to Sleep", "Hibernating"],
    ],
}


def check_outcomes(found: list[Outcome], shops: set[str]) -> None:
    """Shares fall down each ladder, far fewer of the lost order soon than of the best, as drawn."""
    share = {
        (outcome.shop, days, outcome.attribute, outcome.value): of_them
        for outcome in found
        for days, of_them in outcome.shares.items()
    }
    for shop, (attribute, ladders) in product(shops, LADDERS.items()):
        for days, ladder in product((30, 90), ladders):
            shares = [share[shop, days, attribute, value] for value in ladder]
            assert all(a > b for a, b in pairwise(shares)), (shop, days, ladder, shares)
        best, *_, lost = (share[shop, 30, attribute, value] for value in ladders[0])
        assert lost < 0.4 * best
    shown = drawn_shares(PICTURE.read_text())
    columns = drawn_shares(drawn(found))
    assert len(columns) == len(shops)
    assert all(len(column) > 10 and column in shown for column in columns)


def test_the_longer_the_silence_the_fewer_order_soon(
    shops: duckdb.DuckDBPyConnection, plain: PlainProject, data: str
) -> None:
    """Of the small shops nobody comes twice, so that who is silent for 84 days is lost."""
    found = outcomes(shops, plain)
    if data == "public":
        check_outcomes(found, {"online_retail", "cdnow"})
    else:
        stages = [one for one in found if one.attribute == "lifecycle_stage"]
        # Two customers on 15 firsts of months.
        assert [(one.shop, one.value, one.customers, one.shares) for one in stages] == [
            ("cdnow", "dormant", 1, {30: 0, 90: 0}),
            ("cdnow", "lost", 29, {30: 0, 90: 0}),
        ]


def test_the_longer_the_silence_the_fewer_order_soon_at_complete_journey(
    grocery: duckdb.DuckDBPyConnection, plain: PlainProject
) -> None:
    """Where most come every week: of the classic table's lost half order within 30 days."""
    check_outcomes(outcomes(grocery, plain), {"completejourney"})
