"""`source add` ends with orders and a portrait, made by the drafts themselves."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.console import make_console
from orchestration.onboarding.add import Added, add_source
from orchestration.onboarding.preview import ShownOrder
from orchestration.onboarding.preview_report import print_preview
from orchestration.project import Project
from tests.checkouts import copy_dbt_project
from tests.orchestration.onboarding.shops import write_csv, write_export


@pytest.fixture
def checkout(tmp_path: Path) -> Project:
    return copy_dbt_project(tmp_path)


def add(project: Project, export: Path) -> Added:
    return add_source(None, project, "shop", export, "UTC")


def test_orders_come_out_as_a_run_would_publish_them(
    checkout: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    preview = add(checkout, write_export(tmp_path, "chinese_till")).preview
    # Each state goes before a second order of another; what is no sale has no amounts.
    assert preview.orders == (
        ShownOrder(
            *("D0001", "13800138000", date(2024, 1, 5), "completed", 2),
            *map(Decimal, (151, 6, 145)),
        ),
        ShownOrder("D0004", "13800138000", date(2024, 1, 12), "cancelled"),
        ShownOrder("D0003", None, date(2024, 1, 9), "missing_customer"),
    )
    portrait = preview.portrait
    assert portrait and (portrait.customer, portrait.orders) == ("13800138000", 1)
    assert (portrait.spend, portrait.top_product) == (145, "龙井茶")
    assert portrait.first_order == portrait.last_order == date(2024, 1, 5)
    print_preview(make_console(), preview)
    said = capsys.readouterr().out.splitlines()
    assert said[1] == "As these drafts make it of the files:"
    assert said[4].split() == (
        ["D0001", "13800138000", "2024-01-05", "completed", "2", "151.00", "6.00", "145.00"]
    )
    assert said[-1] == (
        "13800138000: 1 order for 145.00, from 2024-01-05 to 2024-01-05, most of it for 龙井茶"
    )


def test_exports_that_overlap_are_seen_once_and_returns_are_taken_off(
    checkout: Project, tmp_path: Path
) -> None:
    data = tmp_path / "exports"
    data.mkdir()
    header = ["order_id", "customer_id", "order_date", "sku", "category", "quantity", "price"]
    first = ["1", "c1", "2024-01-02", "tea", "drinks", 2, "10.00"]
    second = ["2", "c1", "2024-01-12", "mug", "kitchen", 1, "15.00"]
    back = ["3", "c1", "2024-01-22", "tea", "drinks", -1, "10.00"]
    write_csv(data / "orders_2024-01-05.csv", header, [first])
    write_csv(data / "orders_2024-01-31.csv", header, [first, second, back])
    portrait = add(checkout, data).preview.portrait
    assert portrait and (portrait.orders, portrait.spend) == (2, 25)
    assert (portrait.days_between, portrait.returned) == (10, 10)
    assert (portrait.top_product, portrait.top_category) == ("mug", "kitchen")


def test_of_many_orders_whole_ones_are_looked_at(
    checkout: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.onboarding.preview._ROWS", 6)
    data = tmp_path / "exports"
    data.mkdir()
    orders = [[n, "c1", f"2024-01-{n + 1:02}", "paid"] for n in range(9)]
    write_csv(data / "orders.csv", ["order_id", "customer_id", "order_date", "status"], orders)
    lines = [[n % 9, n, f"sku{n}", 1, "2.50"] for n in range(18)]
    header = ["order_id", "line_number", "sku", "quantity", "price"]
    write_csv(data / "order_lines.csv", header, lines)
    preview = add(checkout, data).preview
    assert preview.is_part
    assert {(one.lines, one.net) for one in preview.orders} == {(2, 5)}
    assert preview.portrait and (preview.portrait.orders, preview.portrait.spend) == (6, 30)


def test_what_waits_for_an_answer_says_so_and_has_no_amounts(
    checkout: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "exports"
    data.mkdir()
    rows = [[n, f"c{n}", f"0{n}/04/2025", "5.00"] for n in range(1, 5)]
    write_csv(data / "orders.csv", ["order_id", "customer_id", "order_date", "total"], rows)
    added = add(checkout, data)
    assert [one.state for one in added.preview.orders] == ["unparseable_value"] * 3
    assert {one.net for one in added.preview.orders} == {None}
    assert added.preview.portrait is None
    print_preview(make_console(), added.preview)
    assert "No portrait: no order is accepted as it stands." in capsys.readouterr().out


def test_drafts_that_an_edit_has_broken_have_no_preview(
    checkout: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export = write_export(tmp_path, "totals")
    folder = add(checkout, export).draft.folder
    model = folder / "stg_shop__orders.sql"
    model.write_text(
        model.read_text().replace("as source_order_id", "+ no_such as source_order_id")
    )
    preview = add(checkout, export).preview
    assert "no_such" in preview.failed and not preview.orders
    print_preview(make_console(), preview)
    assert "No preview, because the drafts do not run: Binder Error" in capsys.readouterr().out
