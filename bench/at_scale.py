"""`python -m bench.at_scale FOLDER`: a shop of a million customers in full, and one day on top.

It takes hours on two cores and some 60 GB of disk, so that `make bench` leaves it out. What a step
took is written to costs.json in the folder when it ends: the same command again goes on with the
one that did not, whether the machine went off or a run lacked memory. Such a run goes on too with
what it had made, so how often a step was begun stands beside what its last attempt took.
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click

from bench.deliveries import Delivery, cut
from bench.machine import machine
from bench.runs import portrait, run_delivered

# From 2024-01-01 on: a million customers have 73 million events, and 123 million rows in all. The
# day that comes last has portraits two days later, in local time: no first of a month, on which
# models are learned anew, and no end of a horizon of 30 or 90 days that began on one. What came
# after it is left out.
_DAYS = 245
_LAST_DAY = date(2024, 8, 25)


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--customers", type=click.IntRange(min=100), default=1_000_000, show_default=True)
def main(folder: Path, customers: int) -> None:
    """What a large shop takes: its simulation, the first run, and one more day."""
    for name, value in machine().items():
        click.echo(f"{name}: {value}")
    folder.mkdir(parents=True, exist_ok=True)
    day, delivered = folder / "day", folder / "delivered"
    steps: dict[str, Callable[[], dict[str, Any]]] = {
        "simulated": lambda: _simulated(folder, customers, delivered, day),
        "full build": lambda: asdict(portrait(folder, "run", "--source", f"simulated={delivered}")),
        "one day": lambda: asdict(run_delivered(folder, day)),
    }
    costs_file = folder / "costs.json"
    costs = json.loads(costs_file.read_text()) if costs_file.exists() else {}
    for name, step in steps.items():
        taken = costs.setdefault(name, {"attempts": 0})
        if "cpu" not in taken:
            taken["attempts"] += 1
            costs_file.write_text(json.dumps(costs, indent=2))
            taken |= step()
            costs_file.write_text(json.dumps(costs, indent=2))
        click.echo(_line(name, taken))


def _simulated(folder: Path, customers: int, delivered: Path, day: Path) -> dict[str, Any]:
    """Writes the shop, and cuts it into what is there at first and what the last day brings."""
    shop = folder / "simulated"
    cost = portrait(
        folder, "simulate", f"--customers={customers}", f"--days={_DAYS}", f"--out={shop}"
    )
    first = Delivery(delivered, None, str(_LAST_DAY))
    last = Delivery(day, str(_LAST_DAY), str(_LAST_DAY + timedelta(days=1)))
    rows = cut(shop / "raw", [first, last])
    return {**asdict(cost), "rows at first and of the day": rows}


def _line(name: str, taken: dict[str, Any]) -> str:
    """A step's costs in words."""
    rows = [f"{key}: {value}" for key, value in taken.items() if key.startswith("rows")]
    return ", ".join(
        [
            f"{name}: {taken['wall']:,.0f} s, CPU {taken['cpu']:,.0f} s",
            f"{taken['peak_memory'] / 1e9:.1f} GB, begun {taken['attempts']} time(s)",
            *rows,
        ]
    )


if __name__ == "__main__":
    main(prog_name="python -m bench.at_scale")
