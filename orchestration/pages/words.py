"""What the pages say, in English and in Chinese: words/*.yml have both beside each other."""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from orchestration.project import Project

LANGUAGES = {"en": "English", "zh": "中文"}
"""The languages with what they call themselves."""

_WORDS = Path(__file__).with_name("words")


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """Every text by its key, `<file>.<name>`, and then by language."""
    return {
        f"{file.stem}.{name}": texts
        for file in sorted(_WORDS.glob("*.yml"))
        for name, texts in yaml.safe_load(file.read_text(encoding="utf-8")).items()
    }


class Speaker:
    """Says texts in one language."""

    def __init__(self, language: str) -> None:
        """Takes one of LANGUAGES."""
        self.language = language

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key, with values put in.

        Raises:
            KeyError: Nobody has written the text, or it wants a value that is not given.
        """
        return words()[key][self.language].format(**values)

    def knows(self, key: str) -> bool:
        """Whether there is such a text."""
        return key in words()

    def name(self, kind: str, value: object) -> str:
        """What people call something that the tables have a code for, such as a prediction.

        A code that has no text is shown as it is, without its underscores.
        """
        key = f"names.{kind}.{value}"
        return self(key) if self.knows(key) else plain(value)


def plain(value: object) -> str:
    """A code as words."""
    return "" if value is None else str(value).replace("_", " ")


class TagWords:
    """What tags and their values are called in one language, as the catalogue has it."""

    def __init__(self, catalog: list[Mapping[str, Any]], language: str) -> None:
        """Takes the rows of tag_catalog of one shop, `rule` parsed, and a language."""
        self._language = language
        self._names = {row["tag_key"]: row[f"name_{language}"] for row in catalog}
        self._values: dict[tuple[str, str], str] = {}
        for row in catalog:
            rule = row["rule"] or {}
            for one in (*rule.get("labels", ()), *rule.get("bands", ())):
                self._values[row["tag_key"], one["label"]] = one["label_zh"]
        for name, name_zh in _rfm_segments().items():
            self._values["rfm_segment", name] = name_zh

    def name(self, tag_key: str) -> str:
        """What a tag is called."""
        return str(self._names.get(tag_key) or plain(tag_key))

    def value(self, tag_key: str, value: object) -> str:
        """What a value of a tag is called."""
        if value is None:
            return "–"
        known = self._values.get((tag_key, str(value)))
        if known is None:  # From data, as it was delivered.
            return str(value)
        return known if self._language == "zh" else plain(value)


@cache
def _rfm_segments() -> dict[str, str]:
    """Chinese names of RFM segments, from the seeds that name them."""
    names: dict[str, str] = {}
    for file in sorted((Project.find().dbt_project / "seeds").glob("rfm_segment_rules*.csv")):
        with file.open(encoding="utf-8") as seed:
            names |= {row["rfm_segment"]: row["rfm_segment_zh"] for row in csv.DictReader(seed)}
    return names
