"""The country in which phone numbers are dialled that do not tell it."""

import csv
from pathlib import Path

from orchestration.errors import PortraitError
from orchestration.onboarding.guessed import Guess
from orchestration.onboarding.sample import Sample
from orchestration.quoting import code_span
from orchestration.warehouse.questions import Question

_WITH_CODE = r"\s*(\+|00[1-9]).*"
_CODE_OF_COUNTRY = "[A-Za-z]{2}"
# So many numbers of a column, or more: a few may be mistyped.
_MANY = 0.2


def check_country(dbt_project: Path, said: str | None) -> None:
    """Refuses a country of which nobody knows how numbers are dialled there.

    Raises:
        PortraitError: With where those that are known stand.
    """
    with (dbt_project / "seeds" / "phone_countries.csv").open(encoding="utf-8") as file:
        countries = {row["country"] for row in csv.DictReader(file)}
    if said and said not in countries:
        raise PortraitError(
            f"{said!r} is no country of which it is known how numbers are dialled.",
            "Use a code of two letters such as DE; seeds/phone_countries.csv lists them.",
        )


def national_numbers(sample: Sample, guess: Guess, name: str, shop: str | None) -> list[Question]:
    """A question where numbers lack their country's code and nothing says which it is.

    Of a source that is a shop of its own nothing is asked: nobody else tells its numbers.
    """
    customers = guess.entities.get("customers")
    phone = customers.columns.get("phone") if customers else None
    if customers is None or phone is None or sample.answers.country or not shop or shop == name:
        return []
    told = customers.columns.get("country")
    is_told = told is not None and told.profile.share(_CODE_OF_COUNTRY) > 1 - _MANY
    if is_told or 1 - phone.profile.share(_WITH_CODE) < _MANY:
        return []
    column = code_span(phone.profile.name)
    return [
        Question(
            column,
            f"{column} has numbers without their country's code: in which one are they dialled?",
            (
                "until it is said, they are another's than the same numbers with the code",
                "if they are of several countries, take this out of _sources.yml",
            ),
            "--country CODE",
        )
    ]
