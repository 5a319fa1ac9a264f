"""Versions of models as the published snapshot tells of them."""

from collections.abc import Sequence

from orchestration.errors import PortraitError
from orchestration.publishing.model_cards import card_path
from orchestration.publishing.reading import Row, Snapshot


def read_versions(snapshot: Snapshot) -> list[Row]:
    """The rows of model_versions, by prediction and shop, the latest first.

    Raises:
        PortraitError: The snapshot is of code that kept no versions.
    """
    if not snapshot.rows("from duckdb_tables() where table_name = 'model_versions'"):
        raise PortraitError(
            "The published snapshot has no table model_versions: older code made it.",
            "Make the portraits anew: portrait run",
        )
    return snapshot.rows(
        "from model_versions"
        " order by prediction, shop, made_for desc, is_latest desc, model_version"
    )


def read_card(
    snapshot: Snapshot, prediction: str, version: str | None, shop: str | None
) -> tuple[str, str]:
    """The card of a version as Markdown and as JSON.

    Args:
        snapshot: The open snapshot.
        prediction: As it is declared.
        version: The version, or how it begins; None: the one that is served.
        shop: Its shop; None where there is only one.

    Raises:
        PortraitError: There is no such version, or several; the hint names them.
    """
    rows = [
        row
        for row in read_versions(snapshot)
        if row["prediction"] == prediction and shop in (None, row["shop"])
    ]
    found = [
        row
        for row in rows
        if (row["is_served"] if version is None else row["model_version"].startswith(version))
    ]
    exact = [row for row in found if row["model_version"] == version] or found
    if len(exact) != 1:
        raise _unclear(prediction, version, exact or rows, is_none=not exact)
    row = exact[0]
    path = card_path(row["shop"], row["prediction"], row["model_version"])
    texts = []
    for ending in (".md", ".json"):
        file = snapshot.folder / f"{path}{ending}"
        try:
            texts.append(file.read_text(encoding="utf-8"))
        except OSError as error:
            raise PortraitError(
                f"The card {file} cannot be read: {error.strerror}.",
                "Have it published anew: portrait run --force",
            ) from error
    return texts[0], texts[1]


def _unclear(
    prediction: str, version: str | None, rows: Sequence[Row], *, is_none: bool
) -> PortraitError:
    named = f"version {version} of {prediction}" if version else f"served version of {prediction}"
    listed = ", ".join(f"{row['model_version']} of {row['shop']}" for row in rows) or "none"
    if is_none:
        return PortraitError(
            f"There is no {named}.", f"Versions: {listed}. All: portrait models list"
        )
    return PortraitError(
        f"There are several versions that are a {named}.",
        f"Name one, and its shop with --shop: {listed}.",
    )
