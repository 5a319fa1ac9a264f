"""What is predicted: dbt models of labels that say so in their meta."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ml.target import Target
from orchestration.errors import PortraitError
from orchestration.warehouse.manifest import Manifest, Table, models_with_meta


@dataclass(frozen=True)
class Labels:
    """A model of labels, one row a customer and past as_of_date, and what its rows say."""

    table: Table
    target: Target


def declared_labels(manifest: Manifest) -> list[Labels]:
    """The models that declare `meta: {prediction: …}`, by the name of the prediction.

    Raises:
        PortraitError: A declaration lacks something, or has what nobody reads.
    """
    declared = [
        Labels(table, _target(table, meta))
        for table, meta in models_with_meta(manifest, "prediction")
    ]
    for labels in declared:
        same = [o.table.name for o in declared if o.target.prediction == labels.target.prediction]
        if len(same) > 1:
            raise PortraitError(
                f"The prediction {labels.target.prediction} is declared by {' and '.join(same)}.",
                "Give each a name of its own, under meta: {prediction: {name: …}}.",
            )
    return sorted(declared, key=lambda labels: labels.target.prediction)


# The keys under `meta: {prediction: …}`, and what they should be.
_OPTIONS = {"name": str, "target": str, "outcome": str, "horizon_days": int}


def _target(table: Table, meta: Mapping[str, Any]) -> Target:
    where = f"The model {table.name}, under meta: {{prediction: …}}"
    if unlike := meta.keys() ^ _OPTIONS.keys():
        raise PortraitError(
            f"{where}: lacking, or without meaning, {'is' if len(unlike) == 1 else 'are'} "
            f"{', '.join(sorted(unlike))}.",
            f"It takes {', '.join(_OPTIONS)}.",
        )
    for option, kind in _OPTIONS.items():
        if not isinstance(meta[option], kind):
            raise PortraitError(
                f"{where}: {option} should be of type {kind.__name__}, and is {meta[option]!r}.",
                "Correct it in the yml beside the model.",
            )
    if meta["horizon_days"] < 1:
        raise PortraitError(
            f"{where}: a horizon of {meta['horizon_days']} days.", "It takes a day or more."
        )
    columns = {column.name for column in table.columns}
    if lacking := {"shop", "customer_id", "as_of_date"} - columns:
        raise PortraitError(
            f"{where}: its columns lack {', '.join(sorted(lacking))}.",
            "Its rows are told apart by shop, customer_id and as_of_date: name them in the yml.",
        )
    if meta["outcome"] not in columns:
        raise PortraitError(
            f"{where}: the outcome {meta['outcome']} is none of its columns.",
            "Name a boolean column that the yml describes.",
        )
    return Target(meta["name"], meta["target"], meta["outcome"], meta["horizon_days"])
