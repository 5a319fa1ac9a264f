"""A mistake is made and taken back, judged by what tests say, and tried again where it must be."""

from pathlib import Path

import pytest

from tests.mutants.mistakes_list import Mistake, complaints
from tests.mutants.outcome import Outcome, verdict_of
from tests.mutants.trial import made
from tests.mutants.verdicts import Digests, Verdicts

TEST = "tests/shop/test_price.py"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout of a rule, its unit test, its test and a helper of that."""
    for name, content in {
        "dbt_project/models/price.sql": "select 1 < 2",
        "dbt_project/models/price.yml": "unit_tests:\n  - name: a_price\n    model: price\n",
        "ml/other.py": "",
        TEST: "def test_price():\n    pass\n",
        "tests/shop/conftest.py": "",
    }.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    return tmp_path


def mistake(**other: object) -> Mistake:
    entry = {
        "layer": "models",
        "mistake": "The limit is too much",
        "file": "dbt_project/models/price.sql",
        "find": "<",
        "replace": "<=",
        "noticed_by": ["price", f"{TEST}::test_price"],
    }
    return Mistake.model_validate(entry | other)


def test_a_mistake_is_taken_back_whatever_happens(root: Path) -> None:
    file = root / "dbt_project" / "models" / "price.sql"
    with pytest.raises(KeyboardInterrupt), made(mistake(), root):
        assert file.read_text() == "select 1 <= 2"
        raise KeyboardInterrupt
    assert file.read_text() == "select 1 < 2"


def test_what_does_not_compile_is_not_noticed() -> None:
    assert verdict_of([]).outcome is Outcome.UNNOTICED
    assert verdict_of(["test_price: assert 1 == 2"]).outcome is Outcome.NOTICED
    binder = "price: Runtime Error\n  Binder Error: Referenced column"
    assert verdict_of(["test_price: assert 1 == 2", binder]).outcome is Outcome.BROKEN


@pytest.mark.parametrize(
    ("changed", "is_tried_again"),
    [
        ("dbt_project/models/price.sql", True),
        ("dbt_project/models/price.yml", True),
        (TEST, True),
        ("tests/shop/conftest.py", True),
        ("ml/other.py", False),
    ],
)
def test_a_mistake_is_tried_again_when_its_file_or_its_tests_change(
    root: Path, changed: str, is_tried_again: bool
) -> None:
    verdicts = Verdicts(root / "mutants.json")
    verdicts.keep(Digests(root).of_mistake(mistake()), verdict_of(["test_price: assert 1 == 2"]))
    (root / changed).write_text((root / changed).read_text() + "# more\n")
    again = Verdicts(root / "mutants.json").get(Digests(root).of_mistake(mistake()))
    assert (again is None) is is_tried_again


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"file": "ml/gone.py"}, "there is no ml/gone.py"),
        ({"find": "three"}, "has the text 0 times"),
        ({"find": "e"}, "has the text 2 times"),
        ({"replace": "<"}, "changes nothing"),
        ({"noticed_by": ["cost"]}, "the model cost has no unit test"),
        ({"noticed_by": [f"{TEST}::test_cost"]}, "there is no test"),
        ({"noticed_by": ["tests/shop/test_cost.py"]}, "there is no test"),
    ],
)
def test_a_mistake_that_nobody_can_make_is_complained_of(
    root: Path, wrong: dict[str, object], complaint: str
) -> None:
    assert list(complaints([mistake()], root)) == []
    (found,) = complaints([mistake(**wrong)], root)
    assert complaint in found


def test_the_same_mistake_stands_in_the_list_once(root: Path) -> None:
    (found,) = complaints([mistake(), mistake(mistake="Said in other words")], root)
    assert "twice" in found
