"""Cells with tabs, `="0123"` and apostrophes, as systems write them for spreadsheets."""

import csv
from datetime import date
from pathlib import Path

import duckdb
import pytest

from orchestration.onboarding.add import add_source
from orchestration.onboarding.check import check_source
from orchestration.onboarding.guess import guess
from orchestration.onboarding.sample import sample_files
from orchestration.onboarding.vocabulary import Contract
from orchestration.onboarding.wrapped import unwrapped_sql, with_unwrapped
from tests.checkouts import copy_dbt_project
from tests.orchestration.onboarding.rendering import ENVIRONMENT, rows, stage

HEADER = ["订单编号", "订单创建时间", "买家会员名", "总金额", "订单状态"]
ROWS = [
    ["1001\t", "2025-03-01 10:00:00\t", "小雨\t", "20.00", "交易成功\t"],
    ["'1002", "2025-03-02 10:00:00", "\t", "30.00", "交易成功"],
    ['="01003"', "2025-03-13 10:00:00\t", "小雨", "5.00\t", "交易成功\t"],
    ["1004", "2025-03-14 10:00:00", "'s Gravenzand", "6.00", "交易成功"],
]


def write(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    with (folder / "orders.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *ROWS])
    return folder


def test_what_is_for_a_spreadsheet_only_is_no_part_of_a_value(
    tmp_path: Path, contract: Contract
) -> None:
    with sample_files(write(tmp_path)) as sample:
        sample = with_unwrapped(sample)
        orders = stage(sample, guess(sample, contract))["orders"]
        found = rows(
            sample.connection,
            orders,
            "source_order_id, source_customer_id, order_date, total_amount::float, status",
        )
    assert found == [
        ("01003", "小雨", date(2025, 3, 13), 5.0, "交易成功"),
        ("1001", "小雨", date(2025, 3, 1), 20.0, "交易成功"),
        ("1002", None, date(2025, 3, 2), 30.0, "交易成功"),
        ("1004", "'s Gravenzand", date(2025, 3, 14), 6.0, "交易成功"),
    ]


def test_what_lands_is_read_so_too(tmp_path: Path) -> None:
    project = copy_dbt_project(tmp_path)
    add_source(None, project, "shop", write(tmp_path / "data"), None)
    checked = check_source(project, "shop")
    (orders,) = (one for one in checked.entities if one.entity == "orders")
    assert (orders.rows, orders.accepted) == (4, 3)


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("\tx \t", "x"),
        ("\u00a0x\u3000", "x"),
        ('="0123"', "0123"),
        ("'0123", "0123"),
        ("'+49 170", "+49 170"),
        ("'t Hof", "'t Hof"),
        ("a\tb", "a\tb"),
        ("", ""),
        ("\t", ""),
        (None, None),
    ],
)
def test_draft_and_sample_take_off_what_is_around(cell: str | None, meant: str | None) -> None:
    sql = ENVIRONMENT.from_string("{{ unwrapped_cell('cell') }}").render()
    with duckdb.connect() as connection:
        both = f"select {sql}, {unwrapped_sql('cell')} from (select $1::varchar as cell)"
        found = connection.execute(both, [cell])
        assert found.fetchall() == [(meant, meant)]
