"""What values look like: shares that are right to the value, and where they turn."""

import duckdb
import pytest

from orchestration.onboarding.profile import ColumnProfile, TimeStyle, profile_table
from orchestration.onboarding.sample import Sample, SampledColumn, SampledTable


def profiled(values: list[str | None], data_type: str = "varchar") -> ColumnProfile:
    column = SampledColumn("column", data_type)
    table = SampledTable("rows", (column,), {}, "")
    with duckdb.connect() as connection:
        connection.execute(f'create schema sample; create table sample.rows ("column" {data_type})')
        connection.executemany("insert into sample.rows values (?)", [[value] for value in values])
        return profile_table(Sample(connection, (table,), {}), table)["column"]


def test_a_column_may_be_named_as_anything() -> None:
    names = ("VALUE", "count", "rows", "row", "v")
    columns = tuple(SampledColumn(name, "varchar") for name in names)
    table = SampledTable("rows", columns, {}, "")
    with duckdb.connect() as connection:
        declared = ", ".join(f'"{name}" varchar' for name in names)
        connection.execute(f"create schema sample; create table sample.rows ({declared})")
        connection.execute("insert into sample.rows values ('a', 'b', 'c', 'd', 'e')")
        found = profile_table(Sample(connection, (table,), {}), table)
    assert [found[name].values for name in names] == [("a",), ("b",), ("c",), ("d",), ("e",)]


def mixed(good: int, bad: int, good_value: str = "{}", bad_value: str = "x{}") -> list[str | None]:
    return [
        *(good_value.format(number) for number in range(good)),
        *(bad_value.format(number) for number in range(bad)),
    ]


def test_blanks_are_no_values_and_repeated_ones_count_once() -> None:
    found = profiled([" a ", "a", "b", "", "  ", None])
    assert (found.rows, found.filled, found.distinct, found.values) == (6, 3, 2, ("a", "b"))
    assert profiled(["", None]).fit("text") == 0.0


@pytest.mark.parametrize(
    ("looks", "values", "fit"),
    [
        ("email", ["a@b.co", "a@b", "@b.co", "a b@c.de"], 0.25),
        ("phone", ["+86 138 0013 8000", "030/555-0101", "123456", "x"], 0.5),
        ("money", ["3", "-2.50", "1,234.50", "x"], 0.75),
        ("money", ["¥1,288.00", "12", "3,4"], 2 / 3),
        ("money", ["1.234,50", "12,3"], 1.0),
        ("money", ["2024-01-05", "2024-01-06"], 0.0),
        ("integer", ["1", "2.0", "2.5", "-3"], 0.75),
        ("rating", ["0", "5", "4.5", "6", "-1"], 0.6),
        ("time", ["2024-01-05", "soon, 9"], 0.5),
        ("key", ["a1", "2"], 1.0),
        ("key", ["1.5", "2.25", "3"], 0.2),
        ("key", ["1.5", "3", "2.0", "4.25"], 1.0),
        ("key", ["2024-01-05", "2024-01-06"], 0.2),
        ("key", ["a"] * 20, 1.0),
        ("key", ["a"] * 21, 0.2),
        ("category", ["a", "7"], 1.0),
        ("category", ["2024-01-05"], 0.2),
        ("text", ["a", "7"], 0.75),
        ("text", ["2024-01-05"], 0.2),
        ("gender", ["F", "male", "女", "blue"], 0.75),
    ],
)
def test_the_share_of_values_that_fit(looks: str, values: list[str | None], fit: float) -> None:
    assert profiled(values).fit(looks) == pytest.approx(fit)


@pytest.mark.parametrize(
    ("looks", "values", "worth"),
    [
        ("email", ["a@b.co"], 0.7),
        ("phone", ["13800138000", "+8613900139000"], 0.55),
        ("phone", ["13800138000", "12345678"], 0.0),
        ("gender", ["f", "m"], 0.6),
        ("gender", ["m"], 0.0),
        ("currency", ["EUR"], 0.65),
        ("time", ["2024-01-05"], 0.5),
        ("money", ["3.50"], 0.0),
    ],
)
def test_what_values_prove_by_themselves(
    looks: str, values: list[str | None], worth: float
) -> None:
    assert profiled(values).worth(looks) == worth


@pytest.mark.parametrize(
    ("values", "style"),
    [
        (["1.50", "2"], ("plain", 1.0)),
        (["1,234.50", "2"], (".", 1.0)),
        (["1.234,50", "2,10"], (",", 1.0)),
        (["1,234", "5"], (".", 1.0)),
        (["€ 3", "4"], (".", 1.0)),
        (["x"], ("plain", 0.0)),
        (["1.250", "12"], ("either", 1.0)),
        (["1.250", "0.500"], ("plain", 1.0)),
        (["1.250", "1.5"], ("plain", 1.0)),
        (["1.250", "1.250.000"], (",", 1.0)),
        (["1,250", "12"], (".", 1.0)),
    ],
)
def test_how_amounts_are_written(values: list[str | None], style: tuple[str, float]) -> None:
    assert profiled(values).amount_style == style


@pytest.mark.parametrize(
    ("values", "style"),
    [
        (["2024-01-05"], TimeStyle("iso", 1.0, has_time=False)),
        (["2024-01-05 00:00:00"], TimeStyle("iso", 1.0, has_time=False)),
        (["2024-01-05 10:00:00", "2024-01-05"], TimeStyle("iso", 1.0, has_time=True)),
        (["2024-01-05", "never ever", "hardly ever"], None),
        (["2024-01-05", "at 9 o'clock"], TimeStyle("iso", 0.5, has_time=False)),
        (["1704448800", "1704448801"], TimeStyle("seconds", 1.0, has_time=True)),
        (["1704448800000"], TimeStyle("milliseconds", 1.0, has_time=True)),
        (mixed(10, 1, "170444880{}", "17{}"), TimeStyle("seconds", 10 / 11, has_time=True)),
        (mixed(9, 1, "170444880{}", "17{}"), None),
        (["1704448800", "2704448800"], TimeStyle("seconds", 1.0, has_time=True)),
        (["1704448800", "2704448800", "3704448800"], None),
        (["0704448800"], None),
        (["2025-03-01T10:00:00Z"], TimeStyle("instant", 1.0, has_time=True)),
        (["2025-03-01T10:00:00.123Z", "2025-03-01 10:00+0100"], TimeStyle("instant", 1.0, True)),
        (["2025-03-01 10:00:00 +01:00", "2025-03-01T00:00:00-05"], TimeStyle("instant", 1.0, True)),
        (["03/15/25"], TimeStyle("%m/%d/%y", 1.0, has_time=False)),
        (["03-15-2025"], TimeStyle("%m-%d-%Y", 1.0, has_time=False)),
        (["15.03.25 09:30"], TimeStyle("%d.%m.%y %H:%M", 1.0, has_time=True)),
        (["0025-03-15"], None),
    ],
)
def test_how_times_are_written(values: list[str | None], style: TimeStyle | None) -> None:
    assert profiled(values).times == style


@pytest.mark.parametrize(
    ("value", "is_ambiguous"), [("03/04/2024", True), ("13/04/2024", False), ("03/14/2024", False)]
)
def test_days_and_months_that_could_be_swapped(value: str, is_ambiguous: bool) -> None:
    times = profiled([value]).times
    assert times is not None and times.is_ambiguous == is_ambiguous


def test_one_value_of_the_whole_sample_tells_day_from_month() -> None:
    """The most frequent values are the first of the year, of which none does."""
    often = [f"01/02/2024 10:{n % 60:02}:{n // 60:02}" for n in range(1_100)] * 2
    times = profiled([*often, "02/14/2024 10:00:00"]).times
    assert times == TimeStyle("%m/%d/%Y %H:%M:%S", 1.0, has_time=True)


@pytest.mark.parametrize(
    ("data_type", "value", "style", "has_time", "is_utc"),
    [
        ("date", "2024-01-05", "timestamp", False, False),
        ("timestamp", "2024-01-05 10:00:00", "timestamp", True, False),
        ("timestamp", "2024-01-05 00:00:00", "timestamp", False, False),
        ("timestamp with time zone", "2024-01-05 10:00:00+00", "zoned", True, True),
        ("bigint", "1704448800", "seconds", True, True),
    ],
)
def test_typed_times(data_type: str, value: str, style: str, has_time: bool, is_utc: bool) -> None:
    times = profiled([value], data_type).times
    assert times is not None
    assert (times.style, times.share, times.has_time) == (style, 1.0, has_time)
    assert times.is_utc == is_utc
