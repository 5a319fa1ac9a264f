"""Where one begins to look."""

from pathlib import Path

from orchestration.errors import PortraitError
from orchestration.publishing.reading import open_snapshot
from orchestration.publishing.reports.names import SITE


def first_page(current: Path) -> Path:
    """The page that leads to all others.

    Args:
        current: The link to the published version.

    Raises:
        PortraitError: Nothing has been published yet, or the version has no pages.
    """
    with open_snapshot(current):
        page = current / SITE / "index.html"
    if not page.exists():
        raise PortraitError(
            "What is published has no pages: older code made it, or they could not be made.",
            "Make them: portrait run --force",
        )
    return page
