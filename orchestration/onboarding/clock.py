"""The clock that times without a zone were read off: a shop's days begin at one hour."""

from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from orchestration.errors import PortraitError
from orchestration.onboarding.answers import declared_meta
from orchestration.quoting import code_span
from orchestration.warehouse.questions import Question

_USUAL = "UTC"


def time_zone_of(dbt_project: Path, name: str, shop: str | None, said: str | None) -> str:
    """What is said; else what was said before, of this source or of another one of its shop.

    Args:
        dbt_project: The dbt project, which knows the sources.
        name: The source.
        shop: Its shop; None: as it is declared, else one of its own.
        said: IANA name of the zone; None: nothing is said.

    Raises:
        PortraitError: There is no zone of that name.
    """
    if said is None:
        own = declared_meta(dbt_project, name).get("time_zone")
        others = list(dict.fromkeys(_zones_of_others(dbt_project, name, shop).values()))
        said = str(own) if own else others[0] if len(others) == 1 else _USUAL
    try:
        ZoneInfo(said)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise PortraitError(
            f"{said!r} is no time zone.", "Use an IANA name such as Europe/Berlin."
        ) from error
    return said


def several_clocks(
    dbt_project: Path, name: str, shop: str | None, time_zone: str
) -> list[Question]:
    """A question where other sources of the shop have another clock."""
    others = {
        other: zone
        for other, zone in _zones_of_others(dbt_project, name, shop).items()
        if zone != time_zone
    }
    if not others:
        return []
    told = ", ".join(f"{code_span(other)} off {zone}" for other, zone in sorted(others.items()))
    zone = min(others.values())
    return [
        Question(
            f"{name}.time_zone",
            f"Times of {code_span(name)} are read off {time_zone}, and of the same shop {told}: "
            "which is the clock of the shop?",
            (
                "a day of one begins at another hour than a day of the other",
                "if both are meant, take this out of _sources.yml",
            ),
            f"--time-zone {zone}",
        )
    ]


def _zones_of_others(dbt_project: Path, name: str, shop: str | None) -> dict[str, str]:
    """The zones of the sources that share a shop with this one."""
    settings = yaml.safe_load((dbt_project / "dbt_project.yml").read_text("utf-8"))
    sources = settings["vars"]["sources"]
    shop = shop or _shop(name, sources.get(name))
    zones = {
        other: declared_meta(dbt_project, other).get("time_zone")
        for other, entry in sources.items()
        if other != name and _shop(other, entry) == shop
    }
    return {other: str(zone) for other, zone in zones.items() if zone}


def _shop(name: str, entry: object) -> str:
    """As the macro source_systems reads it: one of its own where none is named."""
    return str(entry["shop"]) if isinstance(entry, Mapping) and entry.get("shop") else name
