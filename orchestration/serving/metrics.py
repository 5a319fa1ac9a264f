"""What the API counts of itself, for Prometheus."""

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from orchestration.serving.versions_open import Versions

METRICS_TYPE = CONTENT_TYPE_LATEST
_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """Counts by the pattern of a path, never by who is asked about."""

    def __init__(self, versions: Versions) -> None:
        """Counts in a registry of its own.

        Args:
            versions: Whose swaps are told.
        """
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._requests = Counter(
            "portrait_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "portrait_request_seconds",
            "Seconds from the request to the end of its answer.",
            ("route",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._told = {
            "portrait_snapshot_swaps": ("New versions opened.", lambda: versions.swap_count),
            "portrait_snapshot_failures": (
                "Versions that could not be opened.",
                lambda: versions.failure_count,
            ),
            "portrait_snapshot_is_current": (
                "1: what is published answers; 0: a version before it does.",
                versions.is_current,
            ),
            "portrait_snapshot_published_timestamp_seconds": (
                "When the version that answers was published.",
                lambda: versions.published_at.timestamp(),
            ),
        }
        for name, (said, value) in self._told.items():
            Gauge(name, said, registry=self._registry).set_function(value)
        # A lookup of labels each would cost a tenth of an answer.
        self._by_labels: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Counts an answer."""
        labels = method, route, status
        found = self._by_labels.get(labels)
        if found is None:
            found = (
                self._requests.labels(method, route, str(status)),
                self._seconds.labels(route),
            )
            self._by_labels[labels] = found
        found[0].inc()
        found[1].observe(seconds)

    def text(self) -> bytes:
        """All of it in Prometheus' format."""
        return generate_latest(self._registry)
