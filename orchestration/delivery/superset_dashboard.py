"""The dashboard for Superset as its import takes it: what stands in `superset/`, made whole.

What depends on the snapshot is filled in: where it lies, and the columns of each table with what
they mean.
"""

import zipfile
from pathlib import Path
from typing import Any

import yaml

from orchestration.errors import PortraitError
from orchestration.publishing.reading import PublishedColumn, Snapshot
from orchestration.publishing.snapshot import MARTS_FILE

SOURCES = Path(__file__).with_name("superset")
_DATABASE = "databases/portrait.yaml"
_DASHBOARD = "dashboards/portrait.yaml"
_DATASETS = "datasets/"
_ROOT = "portrait"
# So that the same dashboard is the same bytes: the first day that a ZIP can name.
_DAY = (1980, 1, 1, 0, 0, 0)


def write_dashboard(snapshot: Snapshot, current: Path, file: Path) -> None:
    """Writes the dashboard as a ZIP file.

    Args:
        snapshot: The published snapshot.
        current: The link to it, where Superset finds it.
        file: The ZIP.

    Raises:
        PortraitError: The path of the link cannot stand in an address, or the file not be written.
    """
    files = _settings(snapshot, current)
    try:
        with zipfile.ZipFile(file, "w") as archive:
            for name, settings in files.items():
                text = yaml.safe_dump(settings, sort_keys=False, allow_unicode=True)
                member = zipfile.ZipInfo(f"{_ROOT}/{name}", _DAY)
                archive.writestr(member, text, zipfile.ZIP_DEFLATED)
    except OSError as error:
        raise PortraitError(
            f"{file} cannot be written: {error.strerror}.",
            "Name a file in a folder that is there and that you may write to.",
        ) from error


def _settings(snapshot: Snapshot, current: Path) -> dict[str, dict[str, Any]]:
    """Each file of the import with what it says."""
    files = {
        file.relative_to(SOURCES).as_posix(): yaml.safe_load(file.read_text(encoding="utf-8"))
        for file in sorted(SOURCES.rglob("*.yaml"))
    }
    files[_DATABASE]["sqlalchemy_uri"] = _address(current)
    lacking = set()
    for name, settings in list(files.items()):
        if name.startswith(_DATASETS):
            settings["columns"] = list(map(_column, snapshot.columns(settings["table_name"])))
            if not settings["columns"]:  # Facts need not be published.
                lacking.add(files.pop(name)["uuid"])
    for name, settings in list(files.items()):
        if settings.get("dataset_uuid") in lacking:
            _leave_out(files[_DASHBOARD]["position"], files.pop(name)["uuid"])
    return files


def _leave_out(position: dict[str, Any], chart: str) -> None:
    """Takes a chart out of the layout of the dashboard."""
    for place, element in list(position.items()):
        if isinstance(element, dict) and element.get("meta", {}).get("uuid") == chart:
            del position[place]
            position[element["parents"][-1]]["children"].remove(place)


def _address(current: Path) -> str:
    if set("?#%") & set(str(current)):
        raise PortraitError(
            f"The path {current} cannot stand in the address of a database.",
            "Name one without ? # and %: --snapshot /srv/portrait/published/current",
        )
    return f"duckdb:///{current / MARTS_FILE}?access_mode=read_only"


def _column(column: PublishedColumn) -> dict[str, Any]:
    return {
        "column_name": column.name,
        "type": column.data_type,
        "is_dttm": column.data_type.startswith(("DATE", "TIMESTAMP")),
        "groupby": True,
        "filterable": True,
        "description": column.description,
    }
