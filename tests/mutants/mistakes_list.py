"""The list of mistakes: a yml file a layer under `mistakes/`, an entry a mistake."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from orchestration.errors import PortraitError

FOLDER = Path(__file__).parent / "mistakes"

_UNIT_TESTED = re.compile(r"^    model: (\w+)$", re.MULTILINE)


class Mistake(BaseModel):
    """One small mistake, and the tests that ought to notice it.

    Attributes:
        layer: The name of its yml file.
        mistake: What is wrong, in words.
        file: What is changed, from the root of the checkout on.
        find: Text that `file` has once.
        replace: What stands there by mistake.
        noticed_by: pytest's ids of tests or files, and models, of which the unit tests are meant.
        accepted: Why nobody notices; only of those that nobody does.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    layer: str
    mistake: str = Field(min_length=10)
    file: str
    find: str = Field(min_length=1)
    replace: str
    noticed_by: tuple[str, ...] = Field(min_length=1)
    accepted: str | None = Field(default=None, min_length=10)

    @property
    def models(self) -> tuple[str, ...]:
        """The models whose unit tests ought to notice."""
        return tuple(name for name in self.noticed_by if ".py" not in name)

    @property
    def pytests(self) -> tuple[str, ...]:
        """The tests of pytest that ought to notice."""
        return tuple(name for name in self.noticed_by if ".py" in name)


def read_mistakes(folder: Path = FOLDER) -> list[Mistake]:
    """Every mistake, by layer and name.

    Raises:
        PortraitError: An entry lacks something or has what no entry has.
    """
    found = [
        _mistake(file, entry)
        for file in folder.glob("*.yml")
        for entry in yaml.load(file.read_text(), Loader=yaml.CSafeLoader)
    ]
    return sorted(found, key=lambda one: (one.layer, one.mistake))


def _mistake(file: Path, entry: dict[str, Any]) -> Mistake:
    try:
        return Mistake.model_validate({"layer": file.stem, **entry})
    except ValidationError as error:
        wrong = error.errors()[0]
        raise PortraitError(
            f"{file.name}: {'.'.join(map(str, wrong['loc']))}: {wrong['msg']}.",
            f"Correct the entry {entry.get('mistake', entry)!r}.",
        ) from error


def complaints(mistakes: list[Mistake], root: Path) -> Iterator[str]:
    """What is wrong with the list: texts, files and tests that are not there, doubles."""
    unit_tests = files_of_unit_tests(root)
    seen: set[object] = set()
    for one in mistakes:
        for same in (one.mistake, (one.file, one.find, one.replace)):
            if same in seen:
                yield f"{one.mistake}: stands in the list twice"
            seen.add(same)
        if not (root / one.file).is_file():
            yield f"{one.mistake}: there is no {one.file}"
        elif (count := (root / one.file).read_text().count(one.find)) != 1:
            yield f"{one.mistake}: {one.file} has the text {count} times: {one.find!r}"
        if one.find == one.replace:
            yield f"{one.mistake}: changes nothing"
        for model in one.models:
            if model not in unit_tests:
                yield f"{one.mistake}: the model {model} has no unit test"
        for test in one.pytests:
            if not _is_there(root, test):
                yield f"{one.mistake}: there is no test {test}"


def files_of_unit_tests(root: Path) -> dict[str, Path]:
    """The yml in which the unit tests of a model stand, by model."""
    return {
        model: file
        for file in (root / "dbt_project" / "models").rglob("*.yml")
        for model in _UNIT_TESTED.findall(file.read_text())
    }


def _is_there(root: Path, test: str) -> bool:
    file, _, name = test.partition("::")
    if not (root / file).is_file():
        return False
    function = name.partition("[")[0].rpartition("::")[2]
    return f"def {function}(" in (root / file).read_text() if function else True
