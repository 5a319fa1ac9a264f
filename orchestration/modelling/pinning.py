"""Which version a user means to pin, or no more."""

from pathlib import Path

from orchestration.errors import PortraitError
from orchestration.modelling.model_versions import kept_versions
from orchestration.modelling.pins import Pin, pin_of, read_pins
from orchestration.warehouse.opening import open_warehouse


def version_to_pin(
    warehouse: Path, prediction: str, version: str, shop: str | None
) -> tuple[Pin, bytes]:
    """The choice of a version that the warehouse keeps, and its bytes.

    Args:
        warehouse: The working DuckDB file; nobody may have it open.
        prediction: As it is declared.
        version: The version, or how it begins.
        shop: Its shop; None where only one has it.

    Raises:
        PortraitError: There is no such version, or several, or it is damaged.
    """
    if not warehouse.exists():
        raise PortraitError("There is no warehouse yet.", "Make the portraits: portrait run")
    with open_warehouse(warehouse) as connection:
        kept = kept_versions(connection, prediction)
    of_shop = [one for one in kept if shop in (None, one[0])]
    begun = [one for one in of_shop if one[1].startswith(version)]
    found = [one for one in begun if one[1] == version] or begun
    if len(found) != 1:
        listed = ", ".join(f"{one[1]} of {one[0]}" for one in found or of_shop or kept) or "none"
        several = "several versions begin so" if found else "there is no such version"
        raise PortraitError(
            f"{version} of {prediction}: {several}.",
            f"Name one, and its shop with --shop where there are several: {listed}.",
        )
    ((of, named, content),) = found
    _check(prediction, named, content)
    return pin_of(of, prediction, named, content), content


def pin_to_take_back(file: Path, prediction: str, shop: str | None) -> Pin | None:
    """The choice that is to count no more; None where there is none.

    Raises:
        PortraitError: There are several, of different shops.
    """
    pins = [
        pin for pin in read_pins(file) if pin.prediction == prediction and shop in (None, pin.shop)
    ]
    if len(pins) > 1:
        raise PortraitError(
            f"{prediction} is pinned of several shops.",
            f"Name one with --shop: {', '.join(pin.shop for pin in pins)}.",
        )
    return pins[0] if pins else None


def _check(prediction: str, version: str, content: bytes) -> None:
    """That this code can read the version: better now than in a run."""
    from ml.artifact import check_whole
    from ml.kept import from_bytes

    try:
        check_whole(from_bytes(content))
    except Exception as error:  # Damaged bytes, and those of other code, can do anything.
        raise PortraitError(
            f"The version {version} of {prediction} cannot be served: it is damaged, or other "
            f"code made it ({type(error).__name__}: {error}).",
            "Serve another; the latest is made anew by: portrait run --force",
        ) from error
