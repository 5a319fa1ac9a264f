"""A publish under load: nobody waits, nobody sees two versions at once or one that is over."""

import math
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

import httpx

from tests.serving.served_shop import ROOT, publish

SWAPS = 200
SERVE = """
import sys, pathlib, uvicorn
from orchestration.serving.server import open_app
current, keys, port = sys.argv[1:]
paths = pathlib.Path(current), pathlib.Path(keys)
with open_app(*paths, "127.0.0.1", 1e9, lambda _: None) as app:
    uvicorn.run(app, port=int(port), access_log=False, log_level="warning")
"""


@contextmanager
def server(published: Path) -> Iterator[tuple[str, int]]:
    """The API in a process of its own: its address and its number."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = [str(published / "current"), str(published / "no_keys.json"), str(port)]
    process = subprocess.Popen([sys.executable, "-c", SERVE, *arguments], cwd=ROOT)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                httpx.get(f"{address}/readyz").raise_for_status()
                break
            except httpx.HTTPError:
                time.sleep(0.05)
        yield address, process.pid
    finally:
        process.terminate()
        process.wait(10)


def descriptors(process: int) -> int:
    return len(list(Path(f"/proc/{process}/fd").iterdir()))


def versions_made(published: Path, count: int) -> list[str]:
    """Versions to turn the link to, made before the load: a publish takes longer than a request."""
    return [publish(published, customers=1, spend=10.0 * n, kept=count + 9) for n in range(count)]


@dataclass
class Turn:
    version: str
    began: float
    done: float = math.inf


def turn(published: Path, version: str) -> None:
    link = published / ".turning"
    link.symlink_to(version)
    link.replace(published / "current")


def test_200_swaps_under_load(tmp_path: Path) -> None:
    """Each answer is of a version that was published while it was asked, and of one alone."""
    published = tmp_path / "published"
    spend = {name: 10.0 * n + 1 for n, name in enumerate(versions_made(published, 4))}
    names = list(spend)
    # Each with when the link began to be turned and when that was done, which may take a while.
    turns = [Turn(names[-1], time.monotonic(), time.monotonic())]
    errors: list[str] = []
    asked = 0
    latest = [(0.0, "")]
    is_over = threading.Event()

    def ask(address: str) -> None:
        nonlocal asked
        with httpx.Client(base_url=address) as client:
            while not is_over.is_set():
                began = time.monotonic()
                for path in ("/v1/customers/s:1", "/v1/customers?limit=1"):
                    answer = client.get(path)
                    ended, name = time.monotonic(), answer.headers.get("portrait-version")
                    asked += 1
                    latest[0] = (began, name)
                    if answer.status_code != 200:
                        errors.append(answer.text)
                        continue
                    said: Any = answer.json()
                    row = said["customers"][0] if "customers" in said else said["profile"]
                    if row["total_spend"] != spend[name]:
                        errors.append(f"mixed: {name} says {row['total_spend']}")
                    told = list(turns)
                    # Turned to before the end, and not turned away from before the beginning.
                    lived = [
                        one.began <= ended and (after is None or after.done >= began)
                        for one, after in zip_longest(told, told[1:])
                        if one.version == name
                    ]
                    if not any(lived):
                        errors.append(f"stale: {name}")
                    began = time.monotonic()

    with server(published) as (address, process), ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(ask, address) for _ in range(3)]
        time.sleep(0.3)
        for n in range(SWAPS):
            name = names[n % len(names)]
            turns.append(Turn(name, time.monotonic()))
            turn(published, name)
            turns[-1].done = time.monotonic()
            for _ in range(2000):
                if latest[0][1] == name and latest[0][0] >= turns[-1].done:
                    break
                time.sleep(0.001)
            if n == 20:
                before = descriptors(process)
        is_over.set()
        for one in asking:
            one.result()
        after = descriptors(process)
        counts = httpx.get(f"{address}/metrics").text
    assert errors == []
    assert "portrait_snapshot_failures 0.0" in counts
    assert asked >= SWAPS
    swaps = next(line for line in counts.splitlines() if line.startswith("portrait_snapshot_swaps"))
    assert float(swaps.split()[1]) == SWAPS
    assert after <= before + 2
