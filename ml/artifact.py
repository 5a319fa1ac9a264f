"""A version of a model as it is kept for later: with what it answers and what is known of it."""

from dataclasses import dataclass, fields
from math import isfinite
from typing import Any

from ml.prediction import Learned
from ml.target import Target

Facts = dict[str, Any]
"""What JSON can say: text, numbers, None, and lists and mappings of them."""


@dataclass(frozen=True)
class Artifact:
    """A version, whole.

    Attributes:
        learned: What predicts, and how it was tested.
        target: What it was asked when it learned; serving asks the same.
        facts: What a model card tells of it.
    """

    learned: Learned
    target: Target
    facts: Facts


def check_whole(artifact: Artifact) -> None:
    """That a version has what this code asks of one: older code may have made it.

    Raises:
        TypeError: It lacks something, or is none.
    """
    if not isinstance(artifact, Artifact):
        raise TypeError(f"it is no version, but of type {type(artifact).__name__}")
    learned = artifact.learned
    for part in (artifact, artifact.target, learned, learned.test, learned.test.verdict):
        for field in fields(part):
            if not hasattr(part, field.name):
                raise TypeError(f"its {type(part).__name__} has no {field.name}")
    told = tested_facts(artifact.target, learned)
    lacking = sorted(told.keys() - artifact.facts.keys())
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
        "metrics": [
            {name: _plain(value) for name, value in row.items()} for row in learned.test.metrics
        ],
    }


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int):
        return value
    return float(value) if isfinite(value) else None
