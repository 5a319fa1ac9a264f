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


class Level(StrEnum):
    """What is recommended: products, or their categories."""

    PRODUCT = "product"
    CATEGORY = "category"


TARGETS: Mapping[Level, Mapping[Question, str]] = {
    Level.PRODUCT: {question: f"recommendation_{question}" for question in Question},
    Level.CATEGORY: {question: f"next_category_{question}" for question in Question},
}
"""What they are called among the targets of model_metrics."""

TITLES_OF_TARGETS: Mapping[str, str] = {
    **{target: TITLES[question] for question, target in TARGETS[Level.PRODUCT].items()},
    TARGETS[Level.CATEGORY][Question.ANYTHING]: "Any category",
    TARGETS[Level.CATEGORY][Question.AGAIN]: "A category to buy again",
    TARGETS[Level.CATEGORY][Question.NEW]: "A category to discover",
}
"""What people call those targets."""

SLOTS: Mapping[str, Question] = {"buy_again": Question.AGAIN, "discover": Question.NEW}
"""What is published: a list of what the customer has bought before, and one of the rest."""
