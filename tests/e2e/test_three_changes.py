"""The three changes of docs/three-changes.md, applied to a copy of the project and run."""

import csv
import re
import subprocess
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from tests.checkouts import copy_checkout
from tests.e2e.conftest import ROOT, command_environment, run_copy, script
from tests.e2e.daily_shop import snapshot

PAGE = ROOT / "docs" / "three-changes.md"
DIFFS = re.findall(r"^```diff\n(.*?)^```$", PAGE.read_text(), re.M | re.S)
CUSTOMERS, DAYS = 24, 300
PAID_BY = ("cash", "card", "支付宝")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout with the three changes."""
    copy = copy_checkout(tmp_path_factory.mktemp("three"))
    for diff in DIFFS:
        subprocess.run(["git", "apply", "-"], cwd=copy, input=diff, text=True, check=True)
    return copy


@pytest.fixture(scope="module")
def home(checkout: Path) -> Path:
    """The state folder after a run of a till that says how orders were paid."""
    data = checkout.parent / "till"
    write_till(data)
    home = checkout.parent / "home"
    run_copy(
        checkout,
        home,
        *("source", "add", "till", "--files", str(data)),
        *("--time-zone", "Asia/Shanghai"),
    )
    finished = run_copy(checkout, home, "run", "--source", "till")
    assert "Has spent 100 next 30 days: AUC" in finished.stdout
    return home


def write_till(folder: Path) -> None:
    """Customer n buys every n + 3 days for little; who comes often, every sixth time for much."""
    folder.mkdir()
    with (folder / "orders.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["receipt", "customer", "time", "total", "paid by"])
        for number in range(DAYS):
            for customer in range(CUSTOMERS):
                visit, is_visit = divmod(number + customer, customer + 3)
                if is_visit == 0:
                    is_large = customer < CUSTOMERS / 2 and (visit + customer) % 6 == 0
                    total = 90 + customer if is_large else 10 + visit % 9
                    writer.writerow(
                        [
                            f"r{number}-{customer}",
                            f"c{customer:02}",
                            f"{date(2023, 1, 2) + timedelta(days=number)} 12:00:00",
                            f"{total}.00",
                            PAID_BY[customer % 3],
                        ]
                    )


def test_the_page_has_three_changes() -> None:
    assert len(DIFFS) == 3
    named = set(re.findall(r"^\| `(\S+)` \|", PAGE.read_text(), re.M))
    touched = {
        file.removeprefix("dbt_project/")
        for diff in DIFFS
        for file in re.findall(r"^\+\+\+ b/(\S+)$", diff, re.M)
    }
    assert named == touched


def test_the_tag_is_in_the_catalogue_and_holds_for_some(home: Path) -> None:
    assert snapshot(home, "select name_zh from tag_catalog where tag_key = 'has_splurged'") == [
        ("曾大额消费",)
    ]
    holding = snapshot(
        home,
        """
        select
            cast(evidence ->> 'max_order_day_spend' as double)
            / cast(evidence ->> 'average_order_value' as double)
        from customer_tags where tag_key = 'has_splurged' and tag_value = 'true'
        """,
    )
    assert 0 < len(holding) <= CUSTOMERS
    assert all(isinstance(times, float) and times >= 3 for (times,) in holding)


def test_what_the_till_says_of_payment_arrives(home: Path) -> None:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as warehouse:
        paid = warehouse.execute(
            "select distinct payment_method from intermediate.int_orders"
        ).fetchall()
    assert {method for (method,) in paid} == set(PAID_BY)


def test_the_prediction_is_tested_and_served(home: Path) -> None:
    predicted = snapshot(
        home,
        "select target, horizon_days, count(*) from customer_predictions group by all order by all",
    )
    assert ("has_spent_100_next_30_days", 30, CUSTOMERS) in predicted
    ((tested,),) = snapshot(
        home,
        "select count(*) from model_metrics where metric = 'roc_auc' "
        "and target = 'has_spent_100_next_30_days' and baseline_value is not null",
    )
    assert tested == 1


def test_the_unit_tests_of_the_changes_pass(checkout: Path, home: Path) -> None:
    finished = subprocess.run(
        [
            script("dbt"),
            "test",
            "-s",
            "test_type:unit,tags_basket",
        ],
        env=command_environment(home),
        cwd=checkout / "dbt_project",
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert finished.returncode == 0, finished.stdout
    name = "tags_basket::who_spent_three_times_an_average_order_on_a_day_has_splurged"
    assert f"PASS {name}" in finished.stdout
