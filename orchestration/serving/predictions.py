"""What is expected of customers whom nobody knows, by the models that are published."""

import threading
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import FastAPI, Path
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from orchestration.errors import PortraitError
from orchestration.publishing.reading import Row
from orchestration.publishing.served_models import read_model
from orchestration.serving.answering import json_answer
from orchestration.serving.problems import ProblemError
from orchestration.serving.versions_open import OpenVersion, Versions

if TYPE_CHECKING:
    from ml.artifact import Artifact

_TAGS: list[str | Enum] = ["predictions"]
_MOST_CUSTOMERS = 100
_MOST_SHOWN = 10
_SERVED = """
    select shop, target, prediction, kind, horizon_days, description, eligible, model_version,
        features, baseline_features, as_of_date
    from model_versions where is_served and kind in ('event', 'amount') order by shop, target
"""
_TOLD = (
    *("probability", "baseline_probability", "expected_amount", "lower_amount"),
    *("upper_amount", "baseline_amount"),
)
# A model is read once a version; to read it is slow, and at once by several of no use.
_reading = threading.Lock()

Number = Annotated[float, Field(allow_inf_nan=False, strict=True)]
TargetName = Annotated[str, Path(description="As `GET /v1/predictions` names it.")]


class Question(BaseModel):
    """Customers whom nobody knows, by what is known of them."""

    model_config = ConfigDict(extra="forbid")
    shop: str | None = Field(None, description="Whose model; may be left out where one has it.")
    customers: list[dict[str, Number | None]] = Field(
        min_length=1,
        max_length=_MOST_CUSTOMERS,
        description="The features of each, all that GET /v1/predictions names; null: not known.",
    )


class Expected(BaseModel):
    """What is expected of a customer."""

    probability: float | None = Field(description="Of the event; null of an amount.")
    baseline_probability: float | None = Field(description="By the rule of thumb.")
    expected_amount: float | None = Field(description="Of an amount; null of an event.")
    lower_amount: float | None = Field(
        description="Lower end of a range made for four in five; null where it was not tested, or "
        "held of too few."
    )
    upper_amount: float | None = Field(description="Upper end of that range.")
    baseline_amount: float | None = Field(description="By the rule of thumb.")


class ExpectedAnswer(BaseModel):
    """What is expected, in the order of the question, and by what."""

    shop: str = Field(description="Whose model.")
    target: str = Field(description="What is predicted.")
    horizon_days: int = Field(description="So many days from the day of the features on.")
    model_name: str = Field(description="What gives the figures, the model or its baseline.")
    model_version: str = Field(description="Its version.")
    predictions: list[Expected] = Field(description="One a customer, in their order.")


class Target(BaseModel):
    """What can be predicted, of whom, and by which features."""

    shop: str = Field(description="Whose model.")
    target: str = Field(description="What is predicted.")
    prediction: str = Field(description="The name of its declaration.")
    kind: str = Field(description="event: a probability; amount: money.")
    horizon_days: int = Field(description="So many days from the day of the features on.")
    description: str | None = Field(description="What is predicted, in words.")
    eligible: str = Field(description="Of whom it is asked, as SQL on the features.")
    features: list[str] = Field(description="What must be said of each customer.")


class Targets(BaseModel):
    """What can be predicted."""

    targets: list[Target] = Field(description="By shop and target.")


def add_predictions(app: FastAPI, versions: Versions) -> None:
    """Adds what can be predicted, and the predictions."""

    @app.get(
        "/v1/predictions",
        tags=_TAGS,
        summary="What can be predicted, and by which features",
        response_model=Targets,
    )
    async def targets(request: Request) -> Response:
        with versions.borrow() as version:
            rows = await run_in_threadpool(_served, version)
            names = [name for name in Target.model_fields if name != "features"]
            told = [
                {**{name: row[name] for name in names}, "features": _features(row)} for row in rows
            ]
            return json_answer(request, version, {"targets": told})

    @app.post(
        "/v1/predictions/{target}",
        tags=_TAGS,
        summary="What is expected of customers whom nobody knows",
        description="By the model that is served; nothing is kept. It says what is likely of "
        "customers such as it has learned from, and nothing of what an offer would change.",
        response_model=ExpectedAnswer,
        openapi_extra={"x-errors": ["400", "404", "413", "503"]},
    )
    async def predictions(request: Request, target: TargetName, question: Question) -> Response:
        with versions.borrow() as version:
            told = await run_in_threadpool(_expected, version, target, question)
            return json_answer(request, version, told)


def _served(version: OpenVersion) -> list[Row]:
    with version.marts() as marts:
        return marts.rows(_SERVED)


def _features(row: Row) -> list[str]:
    """What the model or its rule of thumb reads."""
    told = f"{row['features']}, {row['baseline_features']}".split(", ")
    return sorted({name for name in told if name})


def _expected(version: OpenVersion, target: str, question: Question) -> Mapping[str, object]:
    asked = _asked(_served(version), target, question.shop)
    needed = _features(asked)
    _check(question.customers, needed)
    artifact = _model(version, asked)
    # As late as a question comes: they import scikit-learn.
    import pandas as pd

    from ml.serving import predict

    customers = pd.DataFrame(question.customers, columns=needed, dtype="float64")
    # By number, so that the order of keys is that of the question.
    customers.insert(0, "customer_id", [f"{place:06}" for place in range(len(customers))])
    customers.insert(1, "as_of_date", pd.Timestamp(asked["as_of_date"]))
    told = predict(artifact.target, artifact.learned, customers, asked["as_of_date"]).predictions
    if told.empty:
        raise _unknown(target, "nothing is served of it")
    rows = told.sort_values("customer_id")[[*_TOLD]].to_dict("records")
    return {
        "shop": asked["shop"],
        "target": target,
        "horizon_days": asked["horizon_days"],
        "model_name": told["model_name"].iloc[0],
        "model_version": told["model_version"].iloc[0],
        "predictions": rows,
    }


def _asked(served: Sequence[Row], target: str, shop: str | None) -> Row:
    """The row of the model that is asked.

    Raises:
        ProblemError: There is none, or of several shops.
    """
    found = [row for row in served if row["target"] == target and shop in (None, row["shop"])]
    if len(found) == 1:
        return found[0]
    if not found:
        raise _unknown(target, f"there is none of shop {shop}" if shop else "there is none")
    raise _unknown(target, f"several shops have it: {', '.join(row['shop'] for row in found)}")


def _unknown(target: str, why: str) -> ProblemError:
    return ProblemError(
        404,
        "unknown_target",
        f"It is not clear which model is asked for {target[:60]}: {why[:200]}.",
        "GET /v1/predictions lists what can be predicted; name the shop where several have it.",
    )


def _check(customers: Sequence[Mapping[str, float | None]], needed: Sequence[str]) -> None:
    """Holds what was sent against what the model reads.

    Raises:
        ProblemError: A feature lacks, or is none.
    """
    faults = [
        {"where": f"body.customers.{place}.{name[:60]}", "message": said}
        for place, customer in enumerate(customers)
        for names, said in (
            (sorted(set(needed) - set(customer)), "This feature lacks; null says not known."),
            (sorted(set(customer) - set(needed)), "The model reads no such feature."),
        )
        for name in names
    ]
    if faults:
        raise ProblemError(
            422,
            "wrong_features",
            f"{len(faults)} features are not those of the model.",
            f"It reads: {', '.join(needed)}.",
            errors=faults[:_MOST_SHOWN],
        )


def _model(version: OpenVersion, asked: Row) -> "Artifact":
    """The model, read once a version.

    Raises:
        ProblemError: It cannot be read.
    """
    name = (asked["shop"], asked["prediction"], asked["model_version"])
    with _reading:
        found: Any = version.models.get(name)
        if found is None:
            try:
                found = read_model(version.folder, *name)
            except PortraitError as error:
                raise ProblemError(503, "no_model", error.message, error.hint) from error
            version.models[name] = found
    model: Artifact = found
    return model
