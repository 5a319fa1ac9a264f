"""What the figures were measured on."""

import os
import platform
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

_PACKAGES = ("duckdb", "dbt-core", "dagster", "pandas", "numpy", "scikit-learn")


def machine() -> dict[str, str]:
    """The machine, how busy it is with other work, and the versions, by name."""
    return {
        "machine": f"{os.cpu_count()} cores, {_processor()}, {_memory()}",
        "load before": f"{os.getloadavg()[0]:.1f} processes running, by the average of a minute",
        "python": platform.python_version(),
        **{package: version(package) for package in _PACKAGES},
    }


def _memory() -> str:
    size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{size / 2**30:.0f} GiB"


def _processor() -> str:
    return next(_model_names(), platform.machine())


def _model_names() -> Iterator[str]:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                yield line.partition(":")[2].strip()
