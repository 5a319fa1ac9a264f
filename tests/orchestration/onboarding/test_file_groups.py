"""Files that differ in numbers only are one table, and their pattern finds no other's."""

from fnmatch import fnmatchcase

import pytest

from orchestration.onboarding.file_groups import group_files
from orchestration.onboarding.vocabulary import table_words


def grouped(*names: str) -> list[tuple[str, str]]:
    return [(group.table, group.pattern) for group in group_files(names, table_words())]


def test_daily_files_are_one_table() -> None:
    assert grouped("orders-2024-01.csv", "orders-2024-02.csv") == [("orders", "orders-*.csv")]


def test_one_file_with_a_date_expects_more_and_one_without_does_not() -> None:
    assert grouped("orders-2024-01-05.csv", "lines.csv") == [
        ("lines", "lines.csv"),
        ("orders", "orders-*.csv"),
    ]


@pytest.mark.parametrize(
    ("name", "pattern", "later"),
    [
        ("orders_1.csv", "orders_[0-9]*.csv", "orders_2.csv"),
        ("orders (1).csv", "orders ([0-9]*).csv", "orders (12).csv"),
        ("Report-Apr-01-2025.csv", "Report-*.csv", "Report-May-01-2025.csv"),
        ("till 3 March 2025.csv", "till *.csv", "till 4 April 2025.csv"),
        ("items-2025-03-01-2025-04-01.csv", "items-*.csv", "items-2025-04-01-2025-05-01.csv"),
        ("ExportOrderList202503.csv", "ExportOrderList*.csv", "ExportOrderList202504.csv"),
        ("may.csv", "may.csv", "may.csv"),
        ("maylines.csv", "maylines.csv", "maylines.csv"),
    ],
)
def test_the_next_file_is_found_too(name: str, pattern: str, later: str) -> None:
    ((_, found),) = grouped(name)
    assert found == pattern
    assert fnmatchcase(name, found) and fnmatchcase(later, found)


def test_a_counter_leaves_other_tables_alone() -> None:
    patterns = dict(grouped("sales_1.csv", "sales_1_lines.csv", "sales_x.csv"))
    assert not fnmatchcase("sales_1_lines.csv", patterns["sales"])
    assert not fnmatchcase("sales_x.csv", patterns["sales"])


def test_a_pattern_leaves_other_tables_alone() -> None:
    names = ("sales2023.csv", "sales2024.csv", "sales_lines.csv")
    groups = {group.table: group for group in group_files(names)}
    assert set(groups) == {"sales", "sales_lines"}
    assert not fnmatchcase("sales_lines.csv", groups["sales"].pattern)


def test_folders_name_tables_whose_files_say_nothing() -> None:
    assert grouped("orders/part-0001.parquet", "orders/part-0002.parquet") == [
        ("orders", "orders/part-*.parquet")
    ]


def test_chinese_names_get_the_entity_s_name() -> None:
    assert grouped("订单导出2024-01.csv", "会员.csv") == [
        ("customers", "会员.csv"),
        ("orders", "订单导出*.csv"),
    ]


@pytest.mark.parametrize("name", ["[x].csv", "a*b?.csv", "...csv", "1.csv", "数据.csv"])
def test_any_name_gives_an_identifier_and_a_pattern_that_finds_it(name: str) -> None:
    (group,) = group_files([name])
    assert group.table.isidentifier() and group.table.isascii()
    assert fnmatchcase(name, group.pattern)


def test_what_cannot_be_read_is_no_table() -> None:
    assert grouped("README.md", "picture.png") == []
