"""What to simulate, and the stamp that says what a folder of simulated data was made from."""

import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from orchestration.code_digest import hash_code, package_versions

_STAMP_FILE = "simulated.json"
_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Plan:
    """The parameters of a simulation; the rest is in the CSV files of `data`.

    Attributes:
        customers: Persons; each has an account in one to three systems.
        days: Length of the period.
        seed: The same seed gives the same bytes.
        start: First day of the period.
    """

    customers: int = 5_000
    days: int = 365
    seed: int = 1
    start: date = date(2024, 1, 1)

    def stamp(self) -> dict[str, Any]:
        """Everything that decides the bytes: parameters, code and DuckDB's version."""
        return {
            **asdict(self),
            "start": self.start.isoformat(),
            "code": hash_code([_HERE]),
            "duckdb": package_versions()["duckdb"],
        }


def is_simulated(folder: Path) -> bool:
    """Whether a folder was made by the simulator, and so may be replaced."""
    return (folder / _STAMP_FILE).is_file()


def is_made_by(folder: Path, plan: Plan) -> bool:
    """Whether a folder holds what the plan would give."""
    try:
        stamp = json.loads((folder / _STAMP_FILE).read_text())
    except (OSError, ValueError):
        return False
    return bool(stamp == plan.stamp())


def write_stamp(folder: Path, plan: Plan) -> None:
    """Says what the folder was made from."""
    (folder / _STAMP_FILE).write_text(json.dumps(plan.stamp(), indent=2) + "\n")
