"""Time and memory of one process, read from the kernel when it ends."""

import os
import resource
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# Threads that wait for each other on busy cores would be measured instead of the work.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

_SHOWN_LINES = 15


@dataclass(frozen=True)
class Cost:
    """What a process took.

    Attributes:
        wall: Seconds from start to end.
        cpu: Seconds of CPU, user and system, of the process and of every child it waited for.
        peak_memory: Largest resident set in bytes, of the process or of one of those children.
    """

    wall: float
    cpu: float
    peak_memory: int


class CommandError(Exception):
    """A measured command did not end well; the message holds the end of what it printed."""


def measure(
    command: Sequence[str], *, environment: Mapping[str, str], folder: Path, log: Path
) -> Cost:
    """Runs a command to its end and says what it cost.

    The kernel counts what this process holds at the moment of the start into the child's peak, so
    the caller should be small.

    Args:
        command: Program and arguments.
        environment: Variables to set beside those of this process.
        folder: Working directory.
        log: File that gets all that the command prints.

    Raises:
        CommandError: The command ended with another code than 0.
    """
    with log.open("wb") as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        # Unlike the counters of all children together, wait4 tells of this one alone.
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        end = log.read_text(errors="replace").splitlines()[-_SHOWN_LINES:]
        raise CommandError("\n".join([f"{' '.join(command)} ended with {status=}:", *end]))
    return _cost(wall, usage)


def cost_so_far() -> Cost:
    """What this process has taken until now; its wall is that of a clock that only goes on."""
    return _cost(time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF))


def _cost(wall: float, usage: resource.struct_rusage) -> Cost:
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _bytes_per_unit())


def _bytes_per_unit() -> int:
    """Linux counts ru_maxrss in KiB, macOS in bytes."""
    return 1 if os.uname().sysname == "Darwin" else 1024
