"""How often somebody may ask: a bucket of tokens each, which fills again with time.

Twenty lines in place of a library: those at hand keep their counts in a store or parse the limit at
each request, which costs more than the answer.
"""

import time
from collections import OrderedDict
from collections.abc import Callable

# Addresses come and go; the one that has asked last longest ago is forgotten.
_MOST_CALLERS = 10_000


class RateLimit:
    """At most so many requests a second and caller, and as many again in a burst."""

    def __init__(
        self, per_second: float, burst: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Begins with full buckets.

        Args:
            per_second: Tokens that come back in a second.
            burst: Tokens of a full bucket.
            clock: Seconds that only go on.
        """
        self._per_second, self._burst, self._clock = per_second, burst, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, caller: str) -> float:
        """Takes a token; seconds until there is one, 0 if there was."""
        now = self._clock()
        tokens, at = self._buckets.get(caller, (self._burst, now))
        tokens = min(self._burst, tokens + (now - at) * self._per_second)
        waiting = 0.0 if tokens >= 1 else (1 - tokens) / self._per_second
        self._buckets[caller] = (tokens if waiting else tokens - 1, now)
        self._buckets.move_to_end(caller)
        if len(self._buckets) > _MOST_CALLERS:
            self._buckets.popitem(last=False)
        return waiting
