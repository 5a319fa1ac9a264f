"""Source systems of one shop are compared with each other; what the var `sources` may say."""

from datetime import date
from typing import Any

import pytest

from orchestration.errors import PortraitError
from orchestration.project import Project
from orchestration.warehouse.plain_project import PlainProject
from orchestration.warehouse.plain_sql import compile_project
from tests.warehouse import invoices
from tests.warehouse.conftest import new_warehouse
from tests.warehouse.drawn_sources import load
from tests.warehouse.full_build import LAYERS

ORDERS = ["orders", "order_lines"]


def line(invoice: str, day: str, customer: str, price: str = "1.00") -> invoices.Invoice:
    return (invoice, "85123A", "LANTERN", "1", f"{day} 10:00:00", price, customer, "France")


def test_sources_of_one_shop_have_one_day_and_are_ranked_together(project: Project) -> None:
    """Alone, the two customers of each source would have the scores 1 and 3."""
    sources = {
        "online_retail": {"shop": "corner", "entities": ["products", *ORDERS]},
        "cdnow": {"shop": "corner", "entities": ORDERS},
        "completejourney": ORDERS,
    }
    plain = compile_project(project, {"sources": sources})
    with new_warehouse(plain) as connection:
        lines = [line("1", "2011-01-01", "17850"), line("2", "2011-02-01", "17851")]
        invoices.load(connection, lines, "web.csv")
        till = [" 00001 20110301  1   5.00", " 00002 20110401  1   5.00"]
        load(connection, "cdnow", {"transactions": [{"line": text} for text in till]})
        # One sells in pounds, the other in dollars.
        connection.execute(
            "insert into seeds.exchange_rates values ('2011-01-01', 'USD', 'GBP', 0.6)"
        )
        plain.build(connection, LAYERS)
        days = "select shop, as_of_date::varchar from features.as_of_dates where is_current"
        assert connection.execute(days).fetchall() == [("corner", "2011-04-02")]
        scores = connection.execute(
            "select shop, customer_id, recency_score from marts.customer_rfm order by recency_score"
        ).fetchall()
        assert scores == [
            ("corner", "online_retail:17850", 1),
            ("corner", "online_retail:17851", 2),
            ("corner", "cdnow:00001", 3),
            ("corner", "cdnow:00002", 4),
        ]
        assert plain.failing_tests(connection) == {}


def test_what_is_new_in_a_shop_touches_no_day_of_another(plain: PlainProject) -> None:
    """An order before all others could be known on every day."""
    with new_warehouse(plain) as connection:
        invoices.load(connection, [line("2", "2011-01-02", "17850")], "web.csv")
        load(connection, "cdnow", {"transactions": [{"line": " 00001 20110301  1   5.00"}]})
        plain.update(connection, LAYERS)
        invoices.load(connection, [line("1", "2011-01-01", "17850")], "older.csv", "older load")
        plain.update(connection, LAYERS)
        touched = connection.execute("from touched_feature_purchases").fetchall()
        assert touched == [("online_retail", date(2011, 1, 3))]


def test_cut_points_of_spend_are_told_in_a_currency(plain: PlainProject) -> None:
    """100 pounds in one shop and 100 dollars in another are not one cut point."""
    name = "assert_cut_points_of_spend_are_in_one_currency"
    refused = next(test.sql for test in plain.tests if test.relation == name)
    with new_warehouse(plain) as connection:
        invoices.load(connection, [line("2", "2011-01-02", "17850")], "web.csv")
        load(connection, "cdnow", {"transactions": [{"line": " 00001 20110301  1   5.00"}]})
        plain.build(connection, {"staging", "inputs", "intermediate", "features"})
        insert = "insert into seeds.rfm_cut_points values (?, ?, 5, 100)"
        for cut_point in [("cdnow", "monetary"), (None, "frequency"), (None, "monetary")]:
            connection.execute(insert, cut_point).fetchall()
            assert connection.execute(refused).fetchall() == []
        # What held in one of the shops now holds in both.
        connection.execute("delete from seeds.rfm_cut_points where shop = 'cdnow'").fetchall()
        assert connection.execute(refused).fetchall() == [("monetary", 5, 100.0, 2)]


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ("orders", "write [entity, entity], or {shop: name, entities: [entity, entity]}"),
        ({"shop": "corner"}, "write [entity, entity]"),
        ({"shop": "corner", "entities": "orders"}, "write [entity, entity]"),
        ({"shop": "", "entities": ["orders"]}, "write [entity, entity]"),
        ({"shop": "corner", "entities": ["orders"], "colour": "red"}, "write [entity, entity]"),
        ({"shop": "../corner", "entities": ["orders"]}, "a name of other than lower case letters"),
        (
            {"shop": "corner", "entities": ["orders"], "customer_key": "name"},
            "the customer_key is one of email, phone, card_number, not name",
        ),
        (
            {"shop": "corner", "entities": ["orders"], "country": "Germany"},
            "the country Germany is no code of two capitals like DE",
        ),
        (["orders", "order_line"], "there is no entity order_line, only customers, products"),
    ],
)
def test_a_declaration_that_cannot_be_is_said(project: Project, told: Any, problem: str) -> None:
    with pytest.raises(PortraitError) as error:
        compile_project(project, {"sources": {"cdnow": told}})
    assert "dbt_project.yml, var sources, cdnow" in str(error.value)
    assert problem in str(error.value)


def test_amounts_of_a_shop_are_in_one_currency(project: Project) -> None:
    """The web shop sells in pounds, the till in dollars: 1 pound and 5 dollars are not 6."""
    sources = {
        "online_retail": {"shop": "corner", "entities": ["products", *ORDERS]},
        "cdnow": {"shop": "corner", "entities": ORDERS},
    }
    plain = compile_project(project, {"sources": sources})
    with new_warehouse(plain) as connection:
        invoices.load(connection, [line("1", "2011-01-01", "17850")], "web.csv")
        till = [f" 00001 2011{month}01  1   5.55" for month in ("02", "03", "04")]
        load(connection, "cdnow", {"transactions": [{"line": text} for text in till]})
        plain.build(connection)
        spend = "select customer_id, currency, total_spend::varchar from marts.customer_profiles"
        assert connection.execute(spend).fetchall() == [("online_retail:17850", "GBP", "1.0000")]
        refused = (
            "select reason_code, row_count from marts.data_quality "
            "where outcome = 'quarantined' and entity = 'orders'"
        )
        assert connection.execute(refused).fetchall() == [("missing_exchange_rate", 3)]

        connection.execute(
            "insert into seeds.exchange_rates values "
            "('2011-02-15', 'USD', 'GBP', 0.5), ('2011-04-01', 'USD', 'GBP', 0.81)"
        )
        plain.build(connection, LAYERS)
        assert sorted(connection.execute(spend).fetchall()) == [
            # 2.775 and 4.4955, each in pence.
            ("cdnow:00001", "GBP", "7.2800"),
            ("online_retail:17850", "GBP", "1.0000"),
        ]
        assert connection.execute(refused).fetchall() == [("missing_exchange_rate", 1)]
        assert plain.failing_tests(connection) == {}
