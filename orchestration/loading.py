"""Loading what stays for good: libraries, definitions, the parsed dbt project."""

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager

# What is never looked at is never freed, and DuckDB's binding tells the user so at the end.
atexit.register(gc.unfreeze)


@contextmanager
def loading() -> Iterator[None]:
    """Looks for no garbage while something is loaded, and never among it afterwards.

    Python looks through all it holds for cycles again and again while that grows: a fifth of what a
    start costs. None of it is given back before the process ends.
    """
    was_looking = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_looking:
            gc.enable()
