"""What the figures were measured on."""

import os
import platform
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

_PACKAGES = ("duckdb", "dbt-core", "dagster", "pandas", "numpy", "scikit-learn")
_IDLE = 0.5


def machine() -> dict[str, str]:
    """The machine, how busy it is with other work, and the versions, by name."""
    return {
        "machine": f"{os.cpu_count()} cores, {_processor()}, {_memory()}",
        "load before": _load(),
        "python": platform.python_version(),
        **{package: version(package) for package in _PACKAGES},
    }


def _load() -> str:
    load = os.getloadavg()[0]
    # Beside changing other work the same plain SQL took anything from 19 to 32 s of CPU.
    is_busy = load > _IDLE
    warning = "; other work makes CPU seconds dearer: measure again when it is done"
    return f"{load:.1f} processes in the last minute{warning if is_busy else ''}"


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
