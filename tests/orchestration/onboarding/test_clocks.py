"""A till writes the day in one column and the time of day in another: together they are a time."""

from pathlib import Path

import pytest

from tests.orchestration.onboarding.conftest import Guesser
from tests.orchestration.onboarding.rendering import rows, stage
from tests.orchestration.onboarding.shops import write_csv

TOLD = "source_order_id, cast(ordered_at as varchar), order_hour, unparsed_values"


def receipts(times: list[str]) -> list[list[object]]:
    """A receipt a day, the days apart."""
    return [
        [str(100 + place), f"{place:02}.03.2025", at, f"{'abc'[place % 3]}@post.example", "9,50"]
        for place, at in enumerate(times, start=1)
    ]


def orders(
    guess_at: Guesser, folder: Path, header: list[str], lines: list[list[object]], told: str = TOLD
) -> list[tuple[object, ...]]:
    write_csv(folder / "rows.csv", header, lines)
    sample, guessed = guess_at(folder)
    return rows(sample.connection, stage(sample, guessed, "Europe/Berlin")["orders"], told)


@pytest.mark.parametrize("name", ["Uhrzeit", "Heure", "Hora", "时间", "Time"])
def test_the_hour_is_known(guess_at: Guesser, tmp_path: Path, name: str) -> None:
    header = ["Bonnr", "Datum", name, "E-Mail", "Betrag"]
    times = ["08:05", "8:05", "14:30:10", "23:59", "00:00", "12:00", "17:15"]
    assert orders(guess_at, tmp_path, header, receipts(times)) == [
        ("101", "2025-03-01 07:05:00", 8, None),
        ("102", "2025-03-02 07:05:00", 8, None),
        ("103", "2025-03-03 13:30:10", 14, None),
        ("104", "2025-03-04 22:59:00", 23, None),
        ("105", "2025-03-04 23:00:00", 0, None),
        ("106", "2025-03-06 11:00:00", 12, None),
        ("107", "2025-03-07 16:15:00", 17, None),
    ]


def test_times_may_be_written_otherwise(guess_at: Guesser, tmp_path: Path) -> None:
    times = ["2:05 pm", "12:05 AM", "02:05:30 p.m.", "14h05", "14:05 Uhr", "9:00", "14:05:59.5"]
    header = ["Bonnr", "Datum", "Uhrzeit", "E-Mail", "Betrag"]
    hours = orders(guess_at, tmp_path, header, receipts(times), "source_order_id, order_hour")
    assert [hour for _, hour in hours] == [14, 0, 14, 14, 14, 9, 14]


def test_a_time_that_is_none_is_told_and_a_missing_one_is_no_midnight(
    guess_at: Guesser, tmp_path: Path
) -> None:
    header = ["Bonnr", "Datum", "Uhrzeit", "E-Mail", "Betrag"]
    times = [*["10:00"] * 12, "", "25:10"]
    told = orders(guess_at, tmp_path, header, receipts(times))
    assert told[-2:] == [
        ("113", "2025-03-12 23:00:00", None, None),
        ("114", "2025-03-13 23:00:00", None, "uhrzeit=25:10"),
    ]


def test_without_numbers_a_moment_is_a_receipt(guess_at: Guesser, tmp_path: Path) -> None:
    header = ["Datum", "Uhrzeit", "Kunde", "Artikel", "Menge", "Preis"]
    lines: list[list[object]] = [
        [f"{day:02}.03.2025", at, card, article, 1, "2,50"]
        for day, card in enumerate(("K1", "K2", "K1", "K3", "K2", "K1"), start=1)
        for at, article in (("09:00", "Brot"), ("09:00", "Tee"), ("18:30", "Brot"))
    ]
    keys = orders(guess_at, tmp_path, header, lines, "source_order_id, order_hour")
    assert len(keys) == 12
    assert keys[:2] == [("K1/2025-03-01 09:00:00", 9), ("K1/2025-03-01 18:30:00", 18)]


def test_what_tells_its_time_itself_needs_no_other(guess_at: Guesser, tmp_path: Path) -> None:
    header = ["Bonnr", "Datum", "Uhrzeit", "E-Mail", "Betrag"]
    lines = [[line[0], f"{line[1]} 07:30", *line[2:]] for line in receipts(["10:00"] * 6)]
    told = orders(guess_at, tmp_path, header, lines, "distinct order_hour")
    assert told == [(7,)]
