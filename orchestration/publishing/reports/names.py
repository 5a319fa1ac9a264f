"""What the pictures of a version are called."""

from collections.abc import Iterable, Sequence

from ml.recommendation.questions import Level

REPORTS = "reports"
"""The folder beside the marts."""

SITE = "site"
"""The folder of the pages; one begins at its index.html."""

OF_SEGMENTS = ("segments", "segment-map", "segment-migrations", "outcomes")
OF_LIFETIME_VALUES = ("lifetime-value",)
CONTESTS = {"recommendations": Level.PRODUCT, "next-categories": Level.CATEGORY}
OF_RECOMMENDATIONS = tuple(CONTESTS)


def of_predictions(names: Iterable[str]) -> list[str]:
    """Pictures of predictions, by the predictions' names."""
    return ["predictions", *(f"prediction-{name}" for name in names)]


def file_name(kind: str, shop: str, shops: int) -> str:
    """The file of a picture; it names the shop where there are several."""
    return f"{kind}{f'-{shop}' if shops > 1 else ''}.svg"


def file_names(kinds: Iterable[str], shops: Sequence[str]) -> list[str]:
    """The files of pictures of several kinds, shop by shop."""
    kinds = list(kinds)
    return [file_name(kind, shop, len(shops)) for shop in shops for kind in kinds]
