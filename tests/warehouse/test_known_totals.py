"""Published and checked figures of real data sets, from raw rows to customer days."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orchestration.defs.ingest.files import HashCache, find_source_files
from orchestration.defs.ingest.landing import land
from orchestration.manifest import source_systems
from orchestration.manifest_file import current_manifest
from orchestration.plain_sql import PlainProject
from orchestration.project import Project
from tests.warehouse.conftest import new_warehouse

Query = Callable[[str], tuple[Any, ...]]


@pytest.fixture(scope="module")
def first_row(project: Project, plain: PlainProject, real_data: Path) -> Iterator[Query]:
    """Asks the warehouse of all three source systems, built up to customer days, for one row."""
    systems = source_systems(current_manifest(project))
    paths = {
        "completejourney": None,
        "online_retail": real_data / "online_retail_uci",
        "cdnow": real_data / "cdnow" / "CDNOW_master.txt",
    }
    with new_warehouse(plain) as connection:
        for name, path in paths.items():
            files = find_source_files(systems[name], path)
            land(connection, systems[name], files, HashCache(project.file_hashes))
        plain.build(connection, {"staging", "inputs", "intermediate"})
        yield lambda sql: connection.execute(sql).fetchall()[0]


def test_online_retail_with_customer_quantity_and_price_is_the_published_total(
    first_row: Query,
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
    assert found == (397_884, 18_532, 4_338, Decimal("8911407.90"))


def test_online_retail_dirt_is_counted_as_published(first_row: Query) -> None:
    assert first_row("""
        select count(*), count(distinct source_order_id), round(sum(net_amount), 2)
        from inputs.input_order_lines where source_system = 'online_retail'
    """) == (541_909, 25_900, Decimal("9747747.93"))
    assert first_row("""
        select row_count from intermediate.int_data_quality
        where source_system = 'online_retail' and entity = 'order_lines'
            and reason_code = 'missing_customer'
    """) == (135_080,)
    assert first_row("""
        select
            count_if(line_kind <> 'product'),
            count_if(source_order_id like 'C%'),
            count_if(unit_price < 0),
            count_if(unit_price = 0)
        from intermediate.int_order_lines_validated where source_system = 'online_retail'
    """) == (2_916, 9_288, 2, 2_515)


def test_the_order_cancelled_minutes_later_leaves_nothing(first_row: Query) -> None:
    """80,995 paper birdies, ordered at 9:15 and cancelled at 9:27 on the last day."""
    assert first_row("""
        select goods_amount, fully_returned_date = order_date
        from intermediate.int_order_totals where source_order_id = '581483'
    """) == (Decimal("168469.6000"), True)
    assert first_row("""
        select sum(order_count), sum(net_amount), sum(returned_amount)
        from intermediate.int_customer_days
        where source_system = 'online_retail' and source_customer_id = '16446'
            and activity_date = date '2011-12-09'
    """) == (0, 0, Decimal("168469.6000"))


def test_online_retail_nets_to_goods_less_returns(first_row: Query) -> None:
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
    assert bought + given_back + discounts == net == Decimal("8280967.1000")


def test_cdnow_is_complete(first_row: Query) -> None:
    assert first_row("""
        select sum(order_count), count(distinct source_customer_id), round(sum(net_amount), 2),
            min(activity_date)::text, max(activity_date)::text
        from intermediate.int_customer_days where source_system = 'cdnow'
    """) == (69_659, 23_570, Decimal("2500315.63"), "1997-01-01", "1998-06-30")


def test_complete_journey_is_complete(first_row: Query) -> None:
    assert first_row("""
        select count(*), count(distinct source_order_id), count(distinct source_product_id),
            round(sum(net_amount), 2), count_if(quantity = 0)
        from inputs.input_order_lines where source_system = 'completejourney'
    """) == (1_469_307, 155_848, 68_509, Decimal("4596039.58"), 8_869)
    assert first_row("""
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


def test_complete_journey_days_are_days_at_the_store(first_row: Query) -> None:
    """Timestamps are UTC: on the store's clock the year is 2017 and hardly anybody shops at 4 h."""
    assert first_row("""
        select min(order_date)::text, max(order_date)::text,
            count_if(order_hour = 4) < count_if(order_hour = 17) / 50
        from intermediate.int_orders where source_system = 'completejourney'
    """) == ("2017-01-01", "2017-12-31", True)
