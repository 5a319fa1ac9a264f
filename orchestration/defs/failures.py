"""A user's error inside an asset: one sentence and what to do, shown by Dagster without retries."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from orchestration.errors import PortraitError


@contextmanager
def failing_clearly() -> Iterator[None]:
    """Turns a PortraitError into Dagster's Failure; every other exception passes."""
    try:
        yield
    except PortraitError as error:
        raise dg.Failure(
            description=f"{error.message}\n{error.hint}",
            metadata={"what to do": error.hint},
            allow_retries=False,
        ) from error
