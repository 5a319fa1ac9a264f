"""Types of what is answered, made from the columns of the marts: said once, in their yml.

The names and types of columns are public and stand in the yml of the marts; a second list here
would be another place to forget. So the types are made when the API starts, from the snapshot that
it starts with. They describe and are not gone through for an answer: it was typed when it was made.
"""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from orchestration.publishing.reading import PublishedColumn, Snapshot
from orchestration.serving.customer_answers import (
    PARTS,
    PROFILES,
    REASONS,
    REASONS_PART,
    said_columns,
)
from orchestration.serving.examples import customer_example

_TYPES: dict[str, Any] = {
    "VARCHAR": str,
    "BOOLEAN": bool,
    "TINYINT": int,
    "SMALLINT": int,
    "INTEGER": int,
    "BIGINT": int,
    "DOUBLE": float,
    "FLOAT": float,
    "DATE": date,
    "TIMESTAMP": datetime,
}
# JSON in a column of text.
_OBJECTS = ("evidence",)


def python_type(column: PublishedColumn) -> Any:
    """The Python type of a column's values."""
    if column.data_type.startswith("DECIMAL"):
        return float
    return _TYPES[column.data_type]


def model_of(name: str, said: str, columns: list[PublishedColumn], **more: Any) -> type[BaseModel]:
    """A model of rows with these columns; every value may be null."""
    fields: dict[str, Any] = {
        column.name: (_type(column) | None, Field(..., description=column.description))
        for column in columns
    }
    return object_model(name, said, **fields, **more)


def object_model(
    name: str, said: str, example: dict[str, Any] | None = None, /, **fields: Any
) -> type[BaseModel]:
    """A model with these fields and no others; OpenAPI shows the example, if there is one."""
    # Columns may begin with `model_`, which pydantic would keep for itself.
    config = ConfigDict(extra="forbid", protected_namespaces=())
    if example is not None:
        config["json_schema_extra"] = {"example": example}
    made: type[BaseModel] = create_model(name, __config__=config, __doc__=said, **fields)
    return made


def _type(column: PublishedColumn) -> Any:
    return dict[str, Any] if column.name in _OBJECTS else python_type(column)


def customer_model(snapshot: Snapshot) -> type[BaseModel]:
    """The model of the answer about one customer."""
    columns = said_columns(snapshot, PROFILES)
    profile: Any = model_of(
        "Profile",
        "The columns of customer_profiles that are not personal.",
        [column for column in columns if not column.is_personal],
    )
    segment: Any = _part_model(snapshot, "customer_segments", "Segment", "The cluster.")
    value: Any = _part_model(snapshot, "customer_lifetime_value", "LifetimeValue", "What comes.")
    tag: Any = _part_model(snapshot, "customer_tags", "Tag", "A tag that holds.")
    prediction: Any = _prediction_model(snapshot)
    category: Any = _part_model(
        snapshot, "customer_next_categories", "NextCategory", "A category to offer of."
    )
    recommendation: Any = recommendation_model(snapshot)
    personal: Any = _personal_model(columns, tag)
    return object_model(
        "Customer",
        "All that is published of a customer, of one version.",
        customer_example(snapshot),
        shop=(str, Field(..., description="The shop.")),
        customer_id=(str, Field(..., description="The person, whichever key was asked.")),
        as_of_date=(date, Field(..., description="Only what happened before this day is used.")),
        profile=(profile, Field(..., description="The portrait.")),
        segment=(segment | None, Field(..., description="Null without orders.")),
        lifetime_value=(value | None, Field(..., description="Null without orders.")),
        tags=(list[tag], Field(..., description="By tag_key.")),
        predictions=(list[prediction], Field(..., description="By target.")),
        next_categories=(list[category], Field(..., description="By slot and rank.")),
        recommendations=(list[recommendation], Field(..., description="By slot and rank.")),
        personal=(personal, Field(None, description="Absent without the scope `personal`.")),
    )


def _personal_model(columns: list[PublishedColumn], tag: Any) -> type[BaseModel]:
    profile: Any = model_of(
        "PersonalProfile",
        "The personal columns of customer_profiles.",
        [column for column in columns if column.is_personal],
    )
    return object_model(
        "Personal",
        "What says who somebody is; only for keys that may see it.",
        profile=(profile, Field(..., description="Personal columns of customer_profiles.")),
        tags=(list[tag], Field(..., description="Personal tags.")),
    )


def _prediction_model(snapshot: Snapshot) -> type[BaseModel]:
    columns = said_columns(snapshot, REASONS, REASONS_PART)
    reason: Any = model_of("PredictionReason", "Why a prediction is as it is.", columns)
    reasons = (list[reason], Field(..., description="The strongest first."))
    said = "What is expected of a customer."
    return _part_model(snapshot, "customer_predictions", "Prediction", said, reasons=reasons)


def _part_model(
    snapshot: Snapshot, mart: str, name: str, said: str, **more: Any
) -> type[BaseModel]:
    return model_of(name, said, said_columns(snapshot, mart, PARTS[mart]), **more)


def recommendation_model(snapshot: Snapshot) -> type[BaseModel]:
    """The model of one recommendation."""
    return _part_model(
        snapshot, "customer_recommendations", "Recommendation", "A product to offer."
    )
