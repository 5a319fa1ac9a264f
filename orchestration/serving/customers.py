"""What is published of one customer."""

import json
from datetime import date
from enum import Enum
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import FastAPI, Query
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ml.recommendation.questions import SLOTS
from orchestration.publishing.reading import PublishedColumn, Row
from orchestration.quoting import identifier
from orchestration.serving.answering import caller_of, json_answer, packed_answer
from orchestration.serving.customer_answers import SAID_ONCE
from orchestration.serving.customer_file import Found
from orchestration.serving.described import (
    customer_model,
    model_of,
    object_model,
    recommendation_model,
)
from orchestration.serving.packed import unpack
from orchestration.serving.problems import ProblemError
from orchestration.serving.versions_open import OpenVersion, Versions

# Not as a parameter of the functions: FastAPI takes as long to read one as all else takes.
_CUSTOMER_ID = {
    "name": "customer_id",
    "in": "path",
    "required": True,
    "description": "The customer_id, or any key that a source has of the customer, as "
    "`source_system:source_customer_id`. `Content-Location` says whose the answer is.",
    "schema": {"type": "string"},
    "example": "completejourney:1",
}
_HISTORY = "customer_profile_history"
_PATH = "/v1/customers/{customer_id:path}"
_TAGS: list[str | Enum] = ["customers"]
_ONE: dict[str, Any] = {
    "tags": _TAGS,
    "openapi_extra": {"parameters": [_CUSTOMER_ID], "x-errors": ["404"]},
}


def add_customers(app: FastAPI, versions: Versions) -> None:
    """Adds the paths below one customer."""
    with versions.borrow() as version, version.marts() as marts:
        customer = customer_model(marts)
        recommended = _recommended_model(recommendation_model(marts))
        history = _history_model(_period_columns(version))

    @app.get(
        f"{_PATH}/recommendations",
        **_ONE,
        summary="What a customer may want next",
        response_model=recommended,
    )
    async def recommendations(
        request: Request,
        slot: Annotated[
            Literal["buy_again", "discover"] | None, Query(description="Of this slot alone.")
        ] = None,
        count: Annotated[int, Query(ge=1, le=100, description="The first of each slot.")] = 100,
    ) -> Response:
        with versions.borrow() as version:
            found = customer_of(version, _key(request))
            whose, said = _recommended(found.answer)
            rows = [row for row in said if row["rank"] <= count and slot in (None, row["slot"])]
            answer = {**whose, "recommendations": rows}
            return json_answer(request, version, answer, _location(found, "/recommendations"))

    @app.get(
        f"{_PATH}/history",
        **_ONE,
        summary="What a customer's tags and segments were",
        description="All periods of customer_profile_history, by attribute and time.",
        response_model=history,
    )
    async def one_history(request: Request) -> Response:
        with versions.borrow() as version:
            found = customer_of(version, _key(request))
            sees_personal = caller_of(request).sees_personal
            rows = await run_in_threadpool(
                _history, version, found.customer_id, sees_personal=sees_personal
            )
            said = {"customer_id": found.customer_id, "history": rows}
            return json_answer(request, version, said, _location(found, "/history"))

    @app.get(_PATH, **_ONE, summary="The portrait of a customer", response_model=customer)
    async def one_customer(request: Request) -> Response:
        with versions.borrow() as version:
            sees_personal = caller_of(request).sees_personal
            found = customer_of(version, _key(request), is_personal=sees_personal)
            return packed_answer(request, version, found.answer, found.tag, _location(found))


def _key(request: Request) -> str:
    key: str = request.path_params["customer_id"]
    return key


def customer_of(version: OpenVersion, key: str, *, is_personal: bool = False) -> Found:
    """The answer about the customer who has a key, in one of its forms.

    Raises:
        ProblemError: Nobody has it.
    """
    found = version.customers.find(key, is_personal=is_personal)
    if found is None:
        raise ProblemError(
            404,
            "unknown_customer",
            "Nobody has this id.",
            "Name the customer as customer_profiles or a source does, with the source before it: "
            "source_system:source_customer_id.",
        )
    return found


def _recommended(answer: bytes) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Whose an answer for all is, and the recommendations that it ends with.

    To parse the whole answer took twice the time. Within a text of JSON each quote has a backslash
    before it, so that nothing else looks like these names.
    """
    said = unpack(answer)
    whose, rest = (
        said[: said.index(b',"profile":')],
        said[said.rindex(b',"recommendations":') + 1 :],
    )
    return json.loads(whose + b"}"), json.loads(b"{" + rest)["recommendations"]


def _history(version: OpenVersion, customer_id: str, *, sees_personal: bool) -> list[Row]:
    """The periods of a customer; those of personal tags only for those who may see it."""
    names = ", ".join(identifier(one.name) for one in _period_columns(version))
    with version.marts() as marts:
        return marts.rows(
            f"""
            select {names} from {_HISTORY}
            where customer_id = $1 and ($2 or attribute in (
                select tag_key from tag_catalog where sensitivity = 'internal'
            ))
            order by attribute, valid_from, recorded_as
            """,
            customer_id,
            sees_personal,
        )


def _period_columns(version: OpenVersion) -> list[PublishedColumn]:
    return [column for column in version.columns(_HISTORY) if column.name not in SAID_ONCE]


def _history_model(columns: list[PublishedColumn]) -> type[BaseModel]:
    period: Any = model_of("Period", "What an attribute was, from when to when.", columns)
    return object_model(
        "CustomerHistory",
        "What the tags and segments of a customer were.",
        customer_id=(str, Field(..., description="The person, whichever key was asked.")),
        history=(list[period], Field(..., description="By attribute and time.")),
    )


def _location(found: Found, below: str = "") -> tuple[bytes, bytes]:
    path = f"/v1/customers/{quote(found.customer_id, safe=':')}{below}"
    return b"content-location", path.encode()


def _recommended_model(recommendation: Any) -> type[BaseModel]:
    return object_model(
        "CustomerRecommendations",
        f"What a customer may want next, by slot ({', '.join(SLOTS)}) and rank.",
        shop=(str, Field(..., description="The shop.")),
        customer_id=(str, Field(..., description="The person, whichever key was asked.")),
        as_of_date=(date, Field(..., description="Only what happened before this day is used.")),
        recommendations=(list[recommendation], Field(..., description="By slot and rank.")),
    )
