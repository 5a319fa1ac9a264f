"""What is predicted: dbt exposures of type ml, a file each in models/predictions."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from ml.target import Bands, Floors, Kind, Target
from orchestration.errors import PortraitError
from orchestration.warehouse.manifest import Manifest


@dataclass(frozen=True)
class Declared:
    """A prediction, and the SQL that says of whom it is asked and what came.

    Attributes:
        target: What the functions of `ml` are told.
        file: Where it is declared.
        eligible: Condition on columns of customer_features: of whom it is asked.
        outcome: Expression on columns of customer_features and, as `labels.…`, of
            training_labels: what came.
    """

    target: Target
    file: str
    eligible: str
    outcome: str


# What stands under `meta: {prediction: …}`, of which type it is, and which may be left out.
_OPTIONS = {
    "target": str,
    "kind": str,
    "horizon_days": int,
    "eligible": str,
    "outcome": str,
    "baseline": dict,
    "candidates": list,
    "gate": dict,
}
_OPTIONAL = {"gate"}
_BASELINE_OPTIONS = {"name": str, "bands_of": str, "band_ends": list}


def declared_predictions(manifest: Manifest) -> list[Declared]:
    """The declared predictions, by name.

    Raises:
        PortraitError: A declaration lacks something, or has what nobody reads.
    """
    declared = [
        _declared(exposure)
        for exposure in manifest["exposures"].values()
        if exposure["type"] == "ml"
    ]
    targets: dict[str, str] = {}
    for one in declared:
        other = targets.setdefault(one.target.name, one.file)
        if other != one.file:
            raise PortraitError(
                f"The target {one.target.name} is declared in {other} and in {one.file}.",
                "Give each a target of its own: customer_predictions tells them apart by it.",
            )
    return sorted(declared, key=lambda one: one.target.prediction)


def _declared(exposure: Mapping[str, Any]) -> Declared:
    file, name = exposure["original_file_path"], exposure["name"]
    where = f"The prediction {name} ({file})"
    meta = exposure["config"]["meta"].get("prediction")
    if meta is None:
        raise PortraitError(
            f"{where} says nothing under config: {{meta: {{prediction: …}}}}.",
            f"It takes {', '.join(_OPTIONS)}.",
        )
    _check_options(where, meta, _OPTIONS, _OPTIONAL)
    horizon_days = meta["horizon_days"]
    if horizon_days < 1:
        raise PortraitError(
            f"{where}: a horizon of {horizon_days} days.", "It takes a day or more."
        )
    kind = _checked_kind(where, meta["kind"])

    def told(option: str) -> str:
        return str(meta[option]).replace("{horizon_days}", str(horizon_days)).strip()

    target = Target(
        prediction=name,
        name=told("target"),
        kind=kind,
        horizon_days=horizon_days,
        baseline=_baseline(where, meta["baseline"]),
        candidates=_candidates(where, kind, meta["candidates"]),
        floors=_floors(where, meta.get("gate", {})),
    )
    return Declared(target, file, told("eligible"), told("outcome"))


def _check_options(
    where: str, meta: Mapping[str, Any], options: Mapping[str, type], optional: set[str]
) -> None:
    unlike = (meta.keys() - options.keys()) | (options.keys() - optional - meta.keys())
    if unlike:
        raise PortraitError(
            f"{where}: lacking, or without meaning, {'is' if len(unlike) == 1 else 'are'} "
            f"{', '.join(sorted(unlike))}.",
            f"It takes {', '.join(options)}.",
        )
    for option, kind in options.items():
        if option in meta and not isinstance(meta[option], kind):
            raise PortraitError(
                f"{where}: {option} should be of type {kind.__name__}, and is {meta[option]!r}.",
                "Correct it there.",
            )


def _checked_kind(where: str, kind: str) -> Kind:
    if kind not in get_args(Kind):
        raise PortraitError(
            f"{where}: there is no kind {kind!r}.", f"It is one of {', '.join(get_args(Kind))}."
        )
    return "event" if kind == "event" else "amount"


def _baseline(where: str, meta: Mapping[str, Any]) -> Bands:
    _check_options(f"{where}, baseline", meta, _BASELINE_OPTIONS, {"band_ends"})
    ends = tuple(map(float, meta.get("band_ends", ())))
    if list(ends) != sorted(set(ends)):
        raise PortraitError(f"{where}: band_ends do not ascend.", "Write each once, in order.")
    return Bands(meta["name"], meta["bands_of"], ends)


def _candidates(where: str, kind: Kind, names: Sequence[Any]) -> tuple[str, ...]:
    from ml.candidates import candidates

    known = candidates(kind)
    unknown = [str(name) for name in names if name not in known]
    if unknown or not names:
        raise PortraitError(
            f"{where}: no candidates." if not names else f"{where}: unknown is {unknown[0]}.",
            f"Candidates that predict an {kind}: {', '.join(known)}.",
        )
    return tuple(names)


def _floors(where: str, meta: Mapping[str, Any]) -> Floors:
    known = [field.name for field in dataclasses.fields(Floors)]
    for name, value in meta.items():
        if name not in known or not isinstance(value, int | float):
            raise PortraitError(
                f"{where}, gate: {name}: {value!r} says nothing.",
                f"It takes numbers: {', '.join(known)}.",
            )
    return Floors(**meta)
