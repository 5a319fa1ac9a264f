"""Times in words are read, whatever the language; the models read them as the guess does."""

from datetime import datetime
from pathlib import Path

import pytest

from orchestration.onboarding.guessed import Guess
from orchestration.onboarding.sample import Sample
from orchestration.onboarding.times import sampled_time
from orchestration.onboarding.written_styles import written_styles
from tests.orchestration.onboarding.conftest import Guesser
from tests.orchestration.onboarding.rendering import rows, stage

# What is written and the UTC time that it means to a shop on UTC.
WRITTEN = {
    "2025/3/1 上午 12:30:00": datetime(2025, 3, 1, 0, 30),
    "2025/3/1 下午12:30": datetime(2025, 3, 1, 12, 30),
    "2025年3月1日 午後1時05分": datetime(2025, 3, 1, 13, 5),
    "2025년 3월 1일": datetime(2025, 3, 1),
    "2025년 3월 1일 오후 3:05": datetime(2025, 3, 1, 15, 5),
    "2025. 3. 1. 오전 12:05:30": datetime(2025, 3, 1, 0, 5, 30),
    "2025년 3월 1일 10시 5분 30초": datetime(2025, 3, 1, 10, 5, 30),
    "31/3/2025 12:05 a. m.": datetime(2025, 3, 31, 0, 5),
    "31/3/2025, 1:05:11\u202fp.\u00a0m.": datetime(2025, 3, 31, 13, 5, 11),
    "01-Mar-2025 12:05 AM": datetime(2025, 3, 1, 0, 5),
    "01-Mar-2025 12:05 AM EST": datetime(2025, 3, 1, 5, 5),
    "Mar 1, 2025 1:05:11 AM PST": datetime(2025, 3, 1, 9, 5, 11),
    "Jul 1, 2025 1:05:11 AM PDT": datetime(2025, 7, 1, 8, 5, 11),
    "01-Mar-2025 12:05 AM CST": datetime(2025, 3, 1, 6, 5),
    "01.03.2025 10:05:11 CET": datetime(2025, 3, 1, 9, 5, 11),
    "1 Mar 2025 10:05:11 GMT+9": datetime(2025, 3, 1, 1, 5, 11),
    "01-Mrz-25": datetime(2025, 3, 1),
    "01-mars-25": datetime(2025, 3, 1),
    "15-déc.-2025": datetime(2025, 12, 15),
    "1 de marzo de 2025 10:05 hs.": datetime(2025, 3, 1, 10, 5),
    "1 de março de 2025 às 10:05": datetime(2025, 3, 1, 10, 5),
    "Samstag, 1. März 2025, 10:05 Uhr": datetime(2025, 3, 1, 10, 5),
    "mar. 4 mars 2025 à 10h05": datetime(2025, 3, 4, 10, 5),
    "1er août 2025": datetime(2025, 8, 1),
    "March 1st, 2025 at 10:05 AM": datetime(2025, 3, 1, 10, 5),
}


def sampled(guess_at: Guesser, folder: Path, *times: str) -> tuple[Sample, Guess]:
    lines = [f'{at},a@post.example,"{time}",5.50' for at, time in enumerate(times)]
    (folder / "orders.csv").write_text("\n".join(["order_id,email,order_date,total", *lines]))
    return guess_at(folder)


@pytest.mark.parametrize("written", WRITTEN)
def test_a_time_in_words_is_the_time_it_means(
    guess_at: Guesser, tmp_path: Path, written: str
) -> None:
    sample, guess = sampled(guess_at, tmp_path, written)
    times = guess.entities["orders"].columns["ordered_at"].profile.times
    assert (times.share, times.is_ambiguous, guess.questions) == (1.0, False, ())
    model = stage(sample, guess)["orders"]
    ((at, unread),) = rows(sample.connection, model, "ordered_at, unparsed_values")
    assert (at, unread) == (WRITTEN[written], None)
    guessed = sampled_time(times, "order_date")
    ((sampled_at,),) = sample.connection.execute(
        f"select {guessed} from {sample.tables[0].relation}"
    ).fetchall()
    assert sampled_at == WRITTEN[written]


def test_months_that_are_written_alike_in_two_languages_do_not_decide(
    guess_at: Guesser, tmp_path: Path
) -> None:
    """In April a German month is an English one, and so read by another style."""
    sample, guess = sampled(guess_at, tmp_path, "15-Apr-25", "16-Apr-25", "01-Mrz-25")
    model = stage(sample, guess)["orders"]
    days = rows(sample.connection, model, "order_date::varchar, unparsed_values")
    assert days == [("2025-03-01", None), ("2025-04-15", None), ("2025-04-16", None)]


def test_a_day_in_words_that_could_be_a_month_is_asked(guess_at: Guesser, tmp_path: Path) -> None:
    sample, guess = sampled(guess_at, tmp_path, "1/3/2025 10:05 a. m.", "2/3/2025 1:05 p. m.")
    (question,) = guess.questions
    assert "1 March 2025 (day first) or 3 January 2025 (month first)?" in question.text
    model = stage(sample, guess)["orders"]
    assert {row[0] for row in rows(sample.connection, model, "order_date")} == {None}


@pytest.mark.parametrize(
    "written", ["01-Mar-0025 10:05 hs.", "1 de juernes de 2025", "01-Mar-2025 10:05 CST"]
)
def test_what_is_no_time_or_could_be_two_is_none(
    guess_at: Guesser, tmp_path: Path, written: str
) -> None:
    """CST is the time of Chicago, and that of Beijing."""
    _, guess = sampled(guess_at, tmp_path, written)
    assert "orders" not in guess.entities


def test_a_style_in_words_is_no_style_that_later_files_are_held_to(
    guess_at: Guesser, tmp_path: Path
) -> None:
    _, guess = sampled(guess_at, tmp_path, "01-Mrz-25", "15-Mai-25")
    assert "order_date" not in written_styles(guess)["orders"]
