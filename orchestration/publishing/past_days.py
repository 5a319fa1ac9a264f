"""The days of which there can be portraits: after the first order, up to the current day."""

from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from orchestration.errors import PortraitError
from orchestration.project import Project
from orchestration.publishing.reading import open_snapshot


class PastDays(NamedTuple):
    """The first and the last of them."""

    first: date
    last: date


def past_days(current: Path) -> PastDays | None:
    """What the published snapshot says; None where nothing is published, or nobody has ordered."""
    try:
        with open_snapshot(current) as snapshot:
            (row,) = snapshot.rows(
                "select min(first_order_date) as first_order, max(as_of_date) as as_of_date "
                "from customer_profiles"
            )
    except PortraitError:
        return None
    if row["first_order"] is None:
        return None
    return PastDays(row["first_order"] + timedelta(days=1), row["as_of_date"])


def check_past_day(project: Project, day: str) -> None:
    """Refuses a day of which there can be no portraits.

    Args:
        project: The project.
        day: YYYY-MM-DD.

    Raises:
        PortraitError: With the days that can be.
    """
    days = past_days(project.current)
    if days is None:
        raise PortraitError(
            "There are no current portraits whose rows could be looked at as of an earlier day.",
            "Make them first: portrait run",
        )
    if not days.first <= date.fromisoformat(day) <= days.last:
        raise PortraitError(
            f"There can be no portraits as of {day}: the first order is of "
            f"{days.first - timedelta(days=1)}, the current portraits are as of {days.last}.",
            f"Choose a day from {days.first} to {days.last}.",
        )
