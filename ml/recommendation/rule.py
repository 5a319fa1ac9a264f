"""What is declared of recommendations."""

from dataclasses import dataclass

from ml.recommendation.questions import Level


@dataclass(frozen=True)
class RecommendationRule:
    """How a shop's recommender is found, and how long its lists are.

    Attributes:
        methods: Names of METHODS that take part, beside the baselines.
        list_length: Products in a list.
        most_customers: So many are asked about in a contest.
        level: What is recommended.
    """

    methods: tuple[str, ...]
    list_length: int = 10
    most_customers: int = 2_000
    level: Level = Level.PRODUCT
