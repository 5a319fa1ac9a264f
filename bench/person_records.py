"""Generated records of persons of other centuries, several a person, with the person of each.

They are as hard as such records come: families share a surname and a place, a place and a postcode
go together, some are known by two surnames or by a year of birth only, and how dirty and how
incomplete records are differs from person to person.
"""

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np

COLUMNS = (
    *("unique_id", "person", "full_name", "first_and_surname", "first_name", "surname"),
    *("dob", "birth_place", "postcode", "gender", "occupation"),
)
_CONSONANTS, _VOWELS, _LETTERS = "bcdfghklmnprstvw", "aeiou", "abcdefghijklmnopqrstuvwxyz"
_TITLES = ("sir", "lord", "baron of", "earl of", "1st", "2nd", "viscount", "rev", "captain")


class _Words:
    """Names of one kind, of which the first are far more frequent than the last."""

    def __init__(self, draw: np.random.Generator, count: int, longest: int, slope: float) -> None:
        made: dict[str, None] = {}
        while len(made) < count:
            letters = (
                (_CONSONANTS, _VOWELS)[n % 2][draw.integers(0, 16 if n % 2 == 0 else 5)]
                for n in range(draw.integers(4, longest))
            )
            made["".join(letters)] = None
        self.words = list(made)
        weights = 1 / np.arange(1, count + 1) ** slope
        self._draw, self._shares = draw, weights / weights.sum()

    def one(self) -> str:
        return self.words[self._draw.choice(len(self.words), p=self._shares)]


class _Persons:
    """Draws persons one by one, and the records of each."""

    def __init__(self, seed: int, dirt: float) -> None:
        self.draw, self.dirt = np.random.default_rng(seed), dirt
        self.first, self.surname = (
            _Words(self.draw, *of) for of in ((500, 8, 1.1), (3500, 10, 0.8))
        )
        self.place, self.work = (_Words(self.draw, *of) for of in ((700, 11, 0.9), (60, 12, 1.1)))
        self.family = (self.surname.one(), self.place.one())

    def records(self, number: int) -> list[tuple[str, ...]]:
        """Of a person all records, as COLUMNS says; what is not known is empty."""
        draw = self.draw
        if draw.random() < 0.75:
            self.family = (self.surname.one(), self.place.one())
        surname, place = self.family
        true = {
            "first": self.first.one(),
            "surname": surname,
            "other": self.surname.one() if draw.random() < 0.25 else "",
            "middle": " ".join(self.first.one() for _ in range(draw.integers(0, 3))),
            "title": f"{draw.choice(_TITLES)} {self.place.one()}" if draw.random() < 0.2 else "",
            "place": place,
            "postcode": self._postcode(place),
            "gender": "male" if draw.random() < 0.85 else "female",
            "work": self.work.one(),
        }
        month, day = int(draw.integers(1, 13)), int(draw.integers(1, 29))
        born = (int(draw.triangular(1550, 1850, 1950)), month, day)
        if draw.random() < 0.25:
            born = (born[0], 1, 1)
        wrong, unknown = self.dirt * 3 * draw.beta(1, 2), self.dirt * 3 * draw.beta(1.5, 3)
        count = max(1, int(draw.lognormal(2.0, 0.75)))
        return [
            (f"{number}-{n}", f"p{number}", *self._record(true, born, wrong, unknown))
            for n in range(count)
        ]

    def _record(
        self, true: dict[str, str], born: tuple[int, int, int], wrong: float, unknown: float
    ) -> tuple[str, ...]:
        def goes_wrong(share: float) -> bool:
            return bool(self.draw.random() < share * wrong)

        def known(value: str, share: float) -> str:
            return "" if self.draw.random() < share * unknown else value

        first, surname, place = true["first"], true["surname"], true["place"]
        if goes_wrong(0.15):
            first = first[:3] if self.draw.random() < 0.7 else self.first.one()
        first = self._mistyped(first) if goes_wrong(0.12) else first
        first = true["middle"].split(" ")[0] or first if goes_wrong(0.15) else first
        surname = true["other"] or surname if self.draw.random() < 0.4 else surname
        surname = self._mistyped(surname) if goes_wrong(0.15) else surname
        first, surname = (surname, first) if goes_wrong(0.05) else (first, surname)
        first = first[0] if goes_wrong(0.08) else first
        place = self.place.one() if goes_wrong(0.15) else place
        postcode = self._postcode(place) if goes_wrong(0.15) else true["postcode"]
        postcode = self._mistyped(postcode) if goes_wrong(0.12) else postcode
        first, surname = known(first, 0.04), known(surname, 0.05)
        middle = true["middle"] if self.draw.random() < 0.5 else ""
        title = true["title"] if self.draw.random() < 0.5 else ""
        return (
            *(_joined(first, middle, surname, title), _joined(first, surname), first, surname),
            *(known(self._date(born, goes_wrong), 0.25), known(place, 0.25)),
            *(known(postcode, 0.25), known(true["gender"], 0.3), known(true["work"], 0.4)),
        )

    def _date(self, born: tuple[int, int, int], goes_wrong: Callable[[float], bool]) -> str:
        year, month, day = born
        if goes_wrong(0.10):
            month, day = 1, 1
        if goes_wrong(0.10):
            year += int(self.draw.integers(-4, 5))
        if goes_wrong(0.08) and day < 13:
            month, day = day, month
        if goes_wrong(0.06):
            day = int(self.draw.integers(1, 29))
        return f"{year:04}-{month:02}-{day:02}"

    def _postcode(self, place: str) -> str:
        """Of one of a few districts of the place."""
        ends = "".join(_LETTERS[n] for n in self.draw.integers(0, 26, 2))
        district, part = self.draw.integers(1, 6), self.draw.integers(1, 10)
        return f"{place[0]}{place[-1]}{district + len(place)} {part}{ends}"

    def _mistyped(self, word: str) -> str:
        """One letter wrong, missing, too many, or two exchanged."""
        if len(word) < 3:
            return word
        at, letter = self.draw.integers(0, len(word) - 1), _LETTERS[self.draw.integers(0, 26)]
        before, after = word[:at], word[at + 1 :]
        mistakes = (
            before + letter + after,
            before + after,
            before + letter + word[at:],
            before + after[0] + word[at] + after[1:],
        )
        return mistakes[self.draw.integers(0, 4)]


def _joined(*words: str) -> str:
    return " ".join(word for word in words if word)


def write_person_records(file: Path, persons: int, dirt: float, seed: int) -> int:
    """Writes a CSV of records in no order; returns how many.

    Args:
        file: What to write.
        persons: How many persons to draw.
        dirt: How often something is wrong or unknown, from 0, never. At 1 one record in four has
            no date of birth, at 1.6 two in five.
        seed: The same gives the same file.
    """
    drawn = _Persons(seed, dirt)
    records = [record for number in range(persons) for record in drawn.records(number)]
    drawn.draw.shuffle(records)
    with file.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.writer(opened)
        writer.writerow(COLUMNS)
        writer.writerows(records)
    return len(records)
