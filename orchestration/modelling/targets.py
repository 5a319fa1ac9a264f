"""What is predicted: dbt exposures of type ml, a file each in models/predictions."""

import dataclasses
import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from ml.target import Bands, Floors, Kind, Purchases, Rule, Target
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
        description: What it predicts, in words.
    """

    target: Target
    file: str
    eligible: str
    outcome: str
    description: str = ""

    @property
    def question(self) -> dict[str, str | int]:
        """What a model answers: one that answered another must not be gone by."""
        return {
            "target": self.target.name,
            "kind": self.target.kind,
            "horizon_days": self.target.horizon_days,
            "eligible": self.eligible,
            "outcome": self.outcome,
        }


# What stands under `meta: {prediction: …}`, of which type it is, and which may be left out.
_OPTIONS = {
    "target": str,
    "kind": str,
    "horizon_days": int,
    "eligible": str,
    "outcome": str,
    "baselines": list,
    "candidates": list,
    "gate": dict,
}
_OPTIONAL = {"gate"}
_SUCH_AS = ("days_since_last_order", "total_spend_last_90_days")
_BANDS_OPTIONS = {"name": str, "bands_of": str, "band_ends": list}
_PURCHASES_OPTIONS = {"name": str, "purchases_by": str}


def declared_predictions(manifest: Manifest) -> list[Declared]:
    """The declared predictions, by name.

    Raises:
        PortraitError: A declaration lacks something, or has what nobody reads.
    """
    features = _features(manifest)
    declared = [
        _declared(exposure, features)
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


def _features(manifest: Manifest) -> set[str]:
    """The numeric columns of customer_features."""
    (node,) = [
        one
        for one in manifest["nodes"].values()
        if one["resource_type"] == "model" and one["name"] == "customer_features"
    ] or [{"columns": {}}]
    return set(node["columns"]) - {"shop", "customer_id", "as_of_date"}


def _declared(exposure: Mapping[str, Any], features: set[str]) -> Declared:
    file, name = exposure["original_file_path"], exposure["name"]
    where = f"The prediction {name} ({file})"
    meta = exposure["config"]["meta"].get("prediction")
    if not isinstance(meta, Mapping):
        raise PortraitError(
            f"{where} says nothing that is known under config: {{meta: {{prediction: …}}}}.",
            f"It takes {', '.join(_OPTIONS)}. An exposure of type ml is a prediction.",
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
        baselines=_baselines(where, kind, meta["baselines"], features),
        candidates=_candidates(where, kind, meta["candidates"]),
        floors=_floors(where, meta.get("gate", {})),
    )
    said = " ".join(exposure.get("description", "").split())
    return Declared(target, file, told("eligible"), told("outcome"), said)


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
        if option in meta and (not isinstance(meta[option], kind) or meta[option] is True):
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


def _baselines(
    where: str, kind: Kind, rules: Sequence[Any], features: set[str]
) -> tuple[Rule, ...]:
    from ml.candidates import candidates

    told = [_rule(f"{where}, baselines", rule, features) for rule in rules]
    names = [rule.name for rule in told]
    if len(set(names)) < len(names) or set(names) & set(candidates(kind)):
        raise PortraitError(
            f"{where}: two baselines have one name, or one that of a candidate.",
            "Give each its own.",
        )
    if not told or not isinstance(told[0], Bands):
        raise PortraitError(
            f"{where}: the first of its baselines has no bands_of.",
            "It is the rule that holds in every shop: the mean outcome in bands of a feature.",
        )
    return tuple(told)


def _rule(where: str, meta: Any, features: set[str]) -> Rule:
    if not isinstance(meta, Mapping):
        raise PortraitError(
            f"{where}: {meta!r} is no rule.", f"It takes {', '.join(_BANDS_OPTIONS)}."
        )
    return _purchases(where, meta) if "purchases_by" in meta else _bands(where, meta, features)


def _purchases(where: str, meta: Mapping[str, Any]) -> Purchases:
    from ml.lifetime_value import MODELS

    _check_options(where, meta, _PURCHASES_OPTIONS, set())
    if meta["purchases_by"] not in MODELS:
        raise PortraitError(
            f"{where}: there is no purchase model {meta['purchases_by']}.",
            f"Purchase models: {', '.join(MODELS)}.",
        )
    return Purchases(meta["name"], meta["purchases_by"])


def _bands(where: str, meta: Mapping[str, Any], features: set[str]) -> Bands:
    _check_options(where, meta, _BANDS_OPTIONS, {"band_ends"})
    if meta["bands_of"] not in features:
        near = difflib.get_close_matches(meta["bands_of"], sorted(features), n=3)
        raise PortraitError(
            f"{where}: bands_of names {meta['bands_of']}, which is no feature.",
            f"Name a numeric column of customer_features, such as {', '.join(near or _SUCH_AS)}.",
        )
    ends = meta.get("band_ends", ())
    if not all(isinstance(end, int | float) for end in ends) or list(ends) != sorted(set(ends)):
        raise PortraitError(
            f"{where}: band_ends are not numbers that ascend.", "Write each once, in order."
        )
    return Bands(meta["name"], meta["bands_of"], tuple(map(float, ends)))


def _candidates(where: str, kind: Kind, names: Sequence[Any]) -> tuple[str, ...]:
    from ml.candidates import candidates
    from ml.extras import install_command, is_installed

    known = candidates(kind)
    unknown = [str(name) for name in names if name not in known]
    if len(set(names)) < len(names):
        raise PortraitError(f"{where}: a candidate is named twice.", "Name each once.")
    if unknown or not names:
        raise PortraitError(
            f"{where}: no candidates." if not names else f"{where}: unknown is {unknown[0]}.",
            f"Candidates that predict an {kind}: {', '.join(known)}.",
        )
    for name in names:
        library = known[name].library
        if library and not is_installed(library):
            raise PortraitError(
                f"{where}: {name} needs the library {library}, which is not installed.",
                f"{install_command(library)}, or name other candidates.",
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
