"""A version that the user has pinned: read, and gone by or passed over with a warning."""

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

import duckdb

from ml.artifact import AnyArtifact, check_whole
from orchestration import progress
from orchestration.modelling.model_versions import has_version, keep_version
from orchestration.modelling.pins_table import Pinned

Kind = TypeVar("Kind", bound=AnyArtifact)


class ChosenVersion(NamedTuple, Generic[Kind]):
    """What became of a choice.

    Attributes:
        artifact: The pinned version; None where it is passed over.
        remark: What is to be said of it, behind which the reason of the version follows.
    """

    artifact: Kind | None
    remark: str


def choose_pinned(
    warehouse: duckdb.DuckDBPyConnection,
    shop: str,
    name: str,
    pin: Pinned,
    kind: type[Kind],
    unfit: Callable[[Kind], str],
) -> ChosenVersion[Kind]:
    """The pinned version, kept among the others, where it can answer; else a warning.

    Args:
        warehouse: A connection that writes.
        shop: Whose model it is.
        name: Of the prediction, of segments or of lifetime value.
        pin: The choice; its hash has been compared before.
        kind: What such versions are kept as.
        unfit: Why a version cannot answer what is asked today; empty where it can.
    """
    found = _read(pin, kind)
    why_not = found if isinstance(found, str) else unfit(found)
    if isinstance(found, str) or why_not:
        progress.warning(
            f"The version {pin.model_version} of {name} that is pinned for {shop} "
            f"{why_not}; the latest is served. To go back to it for good: portrait models serve "
            f"{name} latest --shop {shop}"
        )
        said = f"the latest in place of the pinned version {pin.model_version}, which {why_not}: "
        return ChosenVersion(None, said)
    if not has_version(warehouse, shop, name, pin.model_version):
        keep_version(warehouse, found)  # The warehouse is younger than the choice.
    return ChosenVersion(
        found,
        f"pinned by the user (version {pin.model_version}, first made for "
        f"{found.facts['made_for']}): ",
    )


def _read(pin: Pinned, kind: type[Kind]) -> Kind | str:
    """The pinned version, or why it cannot be read."""
    from ml.kept import from_bytes

    try:
        artifact = from_bytes(pin.content)
        check_whole(artifact)
    except Exception as error:  # Whatever another version of the code or of a package raises.
        return f"cannot be read by this code ({type(error).__name__}: {error})"
    if not isinstance(artifact, kind):
        return f"is another: a {type(artifact).__name__}"
    return artifact
