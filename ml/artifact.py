"""A version of a model as it is kept for later: with what it answers and what is known of it."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from math import isfinite
from typing import Any

from ml.gate import metric_row
from ml.lifetime_value.learned_values import TESTS, LearnedValues
from ml.lifetime_value.order_days import INPUTS
from ml.prediction import Learned
from ml.segmentation import Segments
from ml.target import Target

Facts = dict[str, Any]
"""What JSON can say: text, numbers, None, and lists and mappings of them."""

SEGMENTS, VALUES = "customer_segments", "customer_lifetime_value"
"""What versions of segments and of lifetime value are called where predictions have their name."""


@dataclass(frozen=True)
class Artifact:
    """A version of a prediction's model, whole.

    Attributes:
        learned: What predicts, and how it was tested.
        target: What it was asked when it learned; serving asks the same.
        facts: What a model card tells of it.
    """

    learned: Learned
    target: Target
    facts: Facts

    def parts(self) -> list[Any]:
        """What it is made of."""
        return [self, self.target, self.learned, self.learned.test, self.learned.test.verdict]

    def own_facts(self) -> Facts:
        """What the model itself can tell."""
        return tested_facts(self.target, self.learned)


@dataclass(frozen=True)
class SegmentsArtifact:
    """A version of a shop's segments, whole.

    Attributes:
        segments: What puts customers into them.
        facts: What a model card tells of it.
    """

    segments: Segments
    facts: Facts

    def parts(self) -> list[Any]:
        """What it is made of."""
        return [self, self.segments.choice, self.segments.choice.chosen]

    def own_facts(self) -> Facts:
        """What the segments themselves can tell."""
        return segments_facts(self.segments)


@dataclass(frozen=True)
class ValuesArtifact:
    """A version of a shop's model of lifetime value, whole.

    Attributes:
        learned: What foretells, and how it was tested.
        facts: What a model card tells of it.
    """

    learned: LearnedValues
    facts: Facts

    def parts(self) -> list[Any]:
        """What it is made of."""
        return [self, self.learned, self.learned.fitted]

    def own_facts(self) -> Facts:
        """What the model itself can tell."""
        return values_facts(self.learned)


AnyArtifact = Artifact | SegmentsArtifact | ValuesArtifact


def check_whole(artifact: AnyArtifact) -> None:
    """That a version has what this code asks of one: older code may have made it.

    Raises:
        TypeError: It lacks something, or is none.
    """
    if not isinstance(artifact, AnyArtifact):
        raise TypeError(f"it is no version, but of type {type(artifact).__name__}")
    for part in artifact.parts():
        for field in fields(part):
            if not hasattr(part, field.name):
                raise TypeError(f"its {type(part).__name__} has no {field.name}")
    lacking = sorted(artifact.own_facts().keys() - artifact.facts.keys())
    if lacking:
        raise TypeError(f"it does not tell {', '.join(lacking)}")


def version_of(learned: Learned) -> str:
    """Names the version, by what its model says of the rows that it learned from."""
    return learned.fitted.version


def tested_facts(target: Target, learned: Learned) -> Facts:
    """What the model itself can tell of its version: method, features, test and verdict.

    A metric that is not defined is None.
    """
    verdict = learned.test.verdict
    is_served = verdict.served != "nothing"
    served_version = learned.fitted.version if verdict.served == "model" else learned.rule.version()
    return {
        "prediction": target.prediction,
        "target": target.name,
        "kind": target.kind,
        "horizon_days": target.horizon_days,
        "model_version": version_of(learned),
        "model_name": target.model_name(learned.fitted.candidate),
        "method": learned.fitted.candidate,
        "baseline_name": learned.rule.name,
        "baseline_features": list(learned.rule.inputs),
        "features": list(learned.fitted.inputs),
        "verdict": verdict.served,
        "verdict_reason": verdict.reason,
        "served_version": served_version if is_served else None,
        "evaluated_on": learned.test.cutoff,
        "metrics": _plain_rows(learned.test.metrics),
    }


def segments_facts(segments: Segments) -> Facts:
    """What segments themselves can tell of their version: by what, how many, and their names."""
    choice, day = segments.choice, segments.fitted_on
    measured = [
        metric_row(name, value, customer_count=choice.customer_count)
        for name, value in asdict(choice.chosen).items()
    ]
    named = zip(segments.ids, segments.names, strict=True)
    return {
        "prediction": SEGMENTS,
        "kind": "segments",
        "model_version": segments.version,
        "model_name": segments.model_name,
        "method": segments.model_name.removeprefix(f"{SEGMENTS}_"),
        "features": segments.features,
        "verdict": "model",
        "verdict_reason": choice.reason,
        "served_version": segments.version,
        "made_for": segments.since,
        "trained_from": day,
        "trained_to": day,
        "row_count": segments.customer_count,
        "customer_count": segments.customer_count,
        "evaluated_on": choice.chosen_on,
        "metrics": _plain_rows(
            [
                *measured,
                *({"metric": f"segment_{number}", "note": name} for number, (name, _) in named),
            ]
        ),
    }


def values_facts(learned: LearnedValues) -> Facts:
    """What a model of lifetime value itself can tell of its version: parameters and test."""
    day = learned.fitted_on
    is_served = learned.fitted.purchases is not None and len(learned.unserved()) < len(TESTS)
    return {
        "prediction": VALUES,
        "kind": "lifetime_value",
        "model_version": learned.version,
        "model_name": learned.model_name,
        "method": learned.method,
        "features": list(INPUTS),
        "verdict": "model" if is_served else "nothing",
        "verdict_reason": learned.verdict(),
        "served_version": learned.version if is_served else None,
        "made_for": day,
        "trained_from": day,
        "trained_to": day,
        "row_count": learned.customer_count,
        "customer_count": learned.customer_count,
        "evaluated_on": learned.tested_on,
        "metrics": _plain_rows([*learned.tested, *learned.parameter_rows()]),
    }


def _plain_rows(rows: Iterable[Mapping[str, Any]]) -> list[Facts]:
    return [{name: _plain(value) for name, value in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int):
        return value
    return float(value) if isfinite(value) else None
