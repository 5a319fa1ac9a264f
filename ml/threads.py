"""Keeps numeric libraries from starting more threads than help, and works on several things."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any

from joblib import Parallel, cpu_count, delayed  # type: ignore[import-untyped]
from threadpoolctl import ThreadpoolController, threadpool_limits  # type: ignore[import-untyped]

_MOST_AT_ONCE = 4


def one_thread() -> AbstractContextManager[object]:
    """Lets BLAS and OpenMP use one thread inside a `with` block.

    OpenMP threads spin while they wait for a busy core: K-means on 2,469 customers took 13.8 s
    with two threads beside other work, 0.06 s with one. On a million customers a second thread
    gains nothing.
    """
    limit: AbstractContextManager[object] = threadpool_limits(limits=1)
    return limit


def side_by_side(calls: Iterable[Callable[[], Any]], at_once: int = _MOST_AT_ONCE) -> list[Any]:
    """Makes calls on as many cores as there are, and gives their results in order.

    Each uses one thread of BLAS and OpenMP, so that it gives the same on any number of cores.

    Args:
        calls: they may read the same, and write nothing that another reads.
        at_once: so many at most: each holds what it works on.
    """
    # To look for the libraries takes longer than many a call; what calls load is not among them.
    libraries = ThreadpoolController()
    # BLAS is the whole process's: no call may give its threads back while others reckon.
    with libraries.limit(limits=1):
        cores = min(at_once, cpu_count())
        made: list[Any] = Parallel(n_jobs=cores, prefer="threads")(
            delayed(_alone)(call, libraries) for call in calls
        )
    return made


def _alone(call: Callable[[], Any], libraries: ThreadpoolController) -> Any:
    # OpenMP counts its threads for each of ours anew.
    with libraries.limit(limits=1):
        return call()
