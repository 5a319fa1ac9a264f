"""The list of mistakes names what is there, and nearly all of them are noticed."""

from orchestration.project import Project
from tests.mutants.mistakes_list import complaints, read_mistakes
from tests.mutants.report import report


def test_the_list_names_texts_and_tests_that_are_there() -> None:
    assert list(complaints(read_mistakes(), Project.find().root)) == []


def test_the_list_is_long_and_nearly_all_are_noticed() -> None:
    mistakes = read_mistakes()
    assert len(mistakes) >= 100
    assert sum(one.accepted is None for one in mistakes) >= 0.95 * len(mistakes)


def test_the_page_is_of_this_list() -> None:
    page = Project.find().mutants_page.read_text()
    assert page == report(read_mistakes(), lambda one: one.accepted is None)
