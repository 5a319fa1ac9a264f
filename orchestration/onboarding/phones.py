"""The country in which phone numbers are dialled that do not tell it."""

import csv
from pathlib import Path

from orchestration.errors import PortraitError
from orchestration.onboarding.guessed import Guess
from orchestration.onboarding.profile import ColumnProfile
from orchestration.onboarding.sample import Sample
from orchestration.onboarding.vocabulary import CUSTOMER_KEY
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

    Of a source that is a shop of its own nobody else tells its numbers: it is asked only where they
    are written in both ways.
    """
    customers, phone = guess.entities.get("customers"), _phone(guess)
    if phone is None or sample.answers.country:
        return []
    told = customers.columns.get("country") if customers else None
    is_told = told is not None and told.profile.share(_CODE_OF_COUNTRY) > 1 - _MANY
    with_code = phone.share(_WITH_CODE)
    is_alone = not shop or shop == name
    if is_told or 1 - with_code < _MANY or (is_alone and not with_code):
        return []
    column = code_span(phone.name)
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


def _phone(guess: Guess) -> ColumnProfile | None:
    """The column of phone numbers: what customers tell, or what they are known by."""
    for entity, column in (("customers", "phone"), ("orders", CUSTOMER_KEY)):
        found = guess.entities.get(entity)
        profile = found.columns[column].profile if found and found.has(column) else None
        if profile and (column == "phone" or profile.is_phone):
            return profile
    return None
