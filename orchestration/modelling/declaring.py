"""What is declared once in a dbt exposure's meta: found, and its names checked."""

from collections.abc import Iterable, Mapping
from typing import Any

from orchestration.errors import PortraitError
from orchestration.warehouse.manifest import Manifest

Meta = Mapping[str, Any]


def declared_once(
    manifest: Manifest, key: str, folder: str, what: str, names: Iterable[str]
) -> tuple[str, Meta]:
    """What stands under `config: {meta: {key: …}}` of the one exposure that has it.

    Args:
        manifest: Of dbt.
        key: Under which it is declared.
        folder: Where it is to be: an exposure there counts too.
        what: What is declared, in words: How customers are segmented.
        names: What may stand there.

    Returns:
        How to call the place in a message, and what stands there.

    Raises:
        PortraitError: None is declared, or several, or one that says what nobody reads.
    """
    found = [
        exposure
        for exposure in manifest["exposures"].values()
        if exposure["original_file_path"].startswith(folder) or key in exposure["config"]["meta"]
    ]
    if len(found) != 1:
        files = ", ".join(sorted(one["original_file_path"] for one in found)) or "nowhere"
        raise PortraitError(
            f"{what} is to be declared once, and is: {files}.", f"Keep one exposure in {folder}."
        )
    exposure = found[0]
    where = f"The {key} {exposure['name']} ({exposure['original_file_path']})"
    meta = exposure["config"]["meta"].get(key)
    if not isinstance(meta, Mapping):
        raise PortraitError(
            f"{where} says nothing that is known under config: {{meta: {{{key}: …}}}}.",
            f"It takes {', '.join(names)}.",
        )
    check_names(where, meta, names)
    return where, meta


def check_names(where: str, meta: Meta, known: Iterable[str]) -> None:
    """Refuses what is declared and read by nobody.

    Raises:
        PortraitError: There is such a name.
    """
    takes = tuple(known)
    for name in meta:
        if name not in takes:
            raise PortraitError(
                f"{where}: {name} is without meaning.", f"It takes {', '.join(takes)}."
            )
