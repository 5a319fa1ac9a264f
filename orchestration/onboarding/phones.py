"""The country in which phone numbers are dialled that do not tell it."""

import csv
from collections.abc import Iterator
from pathlib import Path

from orchestration.errors import PortraitError
from orchestration.onboarding.guessed import EntityGuess, Guess
from orchestration.onboarding.profile import ColumnProfile
from orchestration.onboarding.sample import Sample
from orchestration.onboarding.vocabulary import CUSTOMER_KEY
from orchestration.quoting import code_span, identifier, quoted
from orchestration.warehouse.questions import Question

_WITH_CODE = r"\s*(\+|00[1-9]).*"
_CODE_OF_COUNTRY = "[A-Za-z]{2}"
# So many numbers of a column, or more: a few may be mistyped.
_MANY = 0.2
# Digits of a number that nobody else has by chance.
_LONG_ENOUGH = 7


def check_country(dbt_project: Path, said: str | None) -> None:
    """Refuses a country of which nobody knows how numbers are dialled there.

    Raises:
        PortraitError: With where those that are known stand.
    """
    with _seed(dbt_project).open(encoding="utf-8") as file:
        countries = {row["country"] for row in csv.DictReader(file)}
    if said and said not in countries:
        raise PortraitError(
            f"{said!r} is no country of which it is known how numbers are dialled.",
            "Use a code of two letters such as DE; seeds/phone_countries.csv lists them.",
        )


def country_of_numbers(sample: Sample, guess: Guess, dbt_project: Path) -> tuple[str, str] | None:
    """The country that the numbers tell themselves: one of them is written with its code, too.

    `0170 1234567` beside `+49 170 1234567` is dialled in Germany: numbers are too long to be alike
    by chance. Where two countries' codes stand before the same number, nothing is told.

    Returns:
        The country, and in words what says so; None: nothing does.
    """
    if sample.answers.country or _is_told(guess):
        return None
    columns = [
        f"select trim(cast({identifier(profile.name)} as varchar)) as written "
        f"from {found.table.relation}"
        for found, profile in _phones(guess)
    ]
    if not columns:
        return None
    found = sample.connection.execute(f"""
        with numbers as (
            select written, regexp_replace(
                regexp_replace(written, '[^0-9+]', '', 'g'), '^00([1-9])', '+\\1'
            ) as number
            from ({" union ".join(columns)})
        ),
        pairs as (
            select countries.country, bare.written, full_numbers.written as in_full
            from numbers as bare
            cross join
                read_csv(
                    {quoted(str(_seed(dbt_project)))}, all_varchar = true, hive_partitioning = false
                ) as countries
            join numbers as full_numbers
                on full_numbers.number = '+' || countries.calling_code || regexp_replace(
                    bare.number, '^' || coalesce(countries.trunk_prefix, ''), ''
                )
            where bare.number not like '+%' and countries.is_main = 'true'
                and length(bare.number) >= {_LONG_ENOUGH}
        )
        select country, count(distinct written), min(written), arg_min(in_full, written)
        from pairs group by country order by country
    """).fetchall()
    if len(found) != 1:
        return None
    ((country, count, bare, in_full),) = found
    others = f", as {count - 1:,} more say" if count > 1 else ""
    return country, (
        f"phone numbers without their country's code are taken to be dialled in {country}: "
        f"{code_span(bare)} is there as {code_span(in_full)} too{others} (--country)"
    )


def national_numbers(sample: Sample, guess: Guess, name: str, shop: str | None) -> list[Question]:
    """A question where numbers lack their country's code and nothing says which it is.

    Of a source that is a shop of its own nobody else tells its numbers: it is asked only where they
    are written in both ways.
    """
    phone = next((profile for _, profile in _phones(guess)), None)
    if phone is None or sample.answers.country or _is_told(guess):
        return []
    with_code = phone.share(_WITH_CODE)
    is_alone = not shop or shop == name
    if 1 - with_code < _MANY or (is_alone and not with_code):
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


def _is_told(guess: Guess) -> bool:
    """Whether customers tell their country beside their numbers."""
    customers = guess.entities.get("customers")
    told = customers.columns.get("country") if customers else None
    return told is not None and told.profile.share(_CODE_OF_COUNTRY) > 1 - _MANY


def _phones(guess: Guess) -> Iterator[tuple[EntityGuess, ColumnProfile]]:
    """The columns of phone numbers: what customers tell, and what they are known by."""
    for entity, column in (("customers", "phone"), ("orders", CUSTOMER_KEY)):
        found = guess.entities.get(entity)
        profile = found.columns[column].profile if found and found.has(column) else None
        if found and profile and (column == "phone" or profile.is_phone):
            yield found, profile


def _seed(dbt_project: Path) -> Path:
    return dbt_project / "seeds" / "phone_countries.csv"
