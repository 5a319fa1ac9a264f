"""The models that predictions are made by, in a version: so that who reads it can ask them too.

Segments and lifetime values are asked nothing, so their models stay in the warehouse.
"""

from pathlib import Path

import duckdb

from ml.artifact import Artifact
from orchestration.errors import PortraitError
from orchestration.modelling.model_versions import kept_versions
from orchestration.publishing.model_cards import card_path


def served_models(warehouse: duckdb.DuckDBPyConnection) -> dict[str, bytes]:
    """What is kept of each version that is served, by path below the published folder."""
    rows = warehouse.execute(
        "select shop, prediction, model_version from marts.model_versions "
        "where is_served and kind in ('event', 'amount') order by all"
    ).fetchall()
    kept = {
        (shop, prediction, version): content
        for prediction in {prediction for _, prediction, _ in rows}
        for shop, version, content in kept_versions(warehouse, prediction)
    }
    return {model_path(*row): kept[row] for row in rows if row in kept}


def model_path(shop: str, prediction: str, version: str) -> str:
    """Where a model lies below the published folder, beside its card."""
    return f"{card_path(shop, prediction, version)}.skops"


def read_model(folder: Path, shop: str, prediction: str, version: str) -> Artifact:
    """A model that a version of the snapshot holds.

    Raises:
        PortraitError: It is not there, or other code has made it.
    """
    from ml.artifact import check_whole
    from ml.kept import from_bytes

    file = folder / model_path(shop, prediction, version)
    try:
        artifact: Artifact = from_bytes(file.read_bytes())
        check_whole(artifact)
    except Exception as error:  # Whatever another version of the code or of a package raises.
        raise PortraitError(
            f"The model {file.name} cannot be read ({type(error).__name__}).",
            "Have it published anew by this code: portrait run --force",
        ) from error
    return artifact
