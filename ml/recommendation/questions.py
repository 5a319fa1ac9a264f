"""What is asked of recommenders, and in which lists the answers are published."""

from collections.abc import Mapping
from enum import StrEnum


class Question(StrEnum):
    """Of which products the best are asked for."""

    ANYTHING = "anything"
    AGAIN = "again"
    """What the customer has bought before."""
    NEW = "new"
    """What the customer has never bought."""


TITLES: Mapping[Question, str] = {
    Question.ANYTHING: "Anything",
    Question.AGAIN: "To buy again",
    Question.NEW: "To discover",
}
"""What people call the questions."""

TARGETS: Mapping[Question, str] = {question: f"recommendation_{question}" for question in Question}
"""What they are called among the targets of model_metrics."""

SLOTS: Mapping[str, Question] = {"buy_again": Question.AGAIN, "discover": Question.NEW}
"""What is published: a list of what the customer has bought before, and one of the rest."""
