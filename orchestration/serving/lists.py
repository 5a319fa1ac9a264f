"""Customers of whom something holds, page by page."""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from orchestration.publishing.reading import PublishedColumn
from orchestration.quoting import identifier
from orchestration.serving.answering import caller_of, json_answer
from orchestration.serving.customer_answers import PROFILES
from orchestration.serving.described import object_model, python_type
from orchestration.serving.filters import (
    check_seen,
    conditions,
    parameters,
    wrong_query,
)
from orchestration.serving.versions_open import OpenVersion, Versions

_TAGS: list[str | Enum] = ["customers"]
_KEY = "customer_id"
_USUAL_COUNT, _MOST_COUNT = 100, 1_000
_OWN = ("limit", "after", "columns")


def add_lists(app: FastAPI, versions: Versions) -> None:
    """Adds the list of customers."""
    with versions.borrow() as version:
        columns = version.columns(PROFILES)

    @app.get(
        "/v1/customers",
        tags=_TAGS,
        summary="Customers of whom something holds",
        description="By customer_id, a page at a time: `after` is the `next` of the page before. "
        "Each customer of a version stands on one page.",
        response_model=_page_model(columns),
        openapi_extra={
            "parameters": [*_own_parameters(columns), *parameters(_asked_about(columns))],
            "x-errors": ["403"],
        },
    )
    async def customers(request: Request) -> Response:
        with versions.borrow() as version:
            page = await run_in_threadpool(
                read_page,
                version,
                request.query_params,
                sees_personal=caller_of(request).sees_personal,
            )
            return json_answer(request, version, page)


def read_page(
    version: OpenVersion, query: QueryParams, *, sees_personal: bool
) -> Mapping[str, object]:
    """A page of customers: `customers`, and the id that the next page is `after`, or None.

    Raises:
        ProblemError: The query is wrong, or asks for what the caller may not see.
    """
    columns = version.columns(PROFILES)
    limit = _limit(query.getlist("limit"))
    shown = _shown(query.getlist("columns"), columns, sees_personal=sees_personal)
    asked = [one for one in query.multi_items() if one[0] not in _OWN]
    holding = conditions(asked, _asked_about(columns), sees_personal=sees_personal)
    with version.marts() as marts:
        rows = marts.rows(
            f"select {', '.join(map(identifier, [_KEY, *shown]))} from {PROFILES} "
            f"where {_KEY} > ? and {holding.sql} order by {_KEY} limit ?",
            query.get("after", ""),
            *holding.values,
            limit + 1,
        )
    is_last = len(rows) <= limit
    return {"customers": rows[:limit], "next": None if is_last else rows[limit - 1][_KEY]}


def _limit(given: Sequence[str]) -> int:
    text = given[-1] if given else str(_USUAL_COUNT)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= _MOST_COUNT:
        said = f"This is no number from 1 to {_MOST_COUNT}."
        raise wrong_query([{"where": "query.limit", "message": said}])
    return int(text)


def _shown(
    given: Sequence[str], columns: Sequence[PublishedColumn], *, sees_personal: bool
) -> list[str]:
    """The columns of the rows, beside the id."""
    hidden = {one.name for one in columns if one.is_personal and not sees_personal}
    names = {name for text in given for name in text.split(",") if name}
    if not names:
        return [one.name for one in columns if one.name not in {_KEY, *hidden}]
    unknown = names - {one.name for one in columns}
    if unknown:
        said = "There are such columns no longer, or never were."
        raise wrong_query([{"where": "query.columns", "message": said}])
    check_seen(names & hidden)
    return [one.name for one in columns if one.name in names - {_KEY}]


def _asked_about(columns: Sequence[PublishedColumn]) -> list[PublishedColumn]:
    """The id is for `/v1/customers/{id}`, or for pages."""
    return [column for column in columns if column.name not in (_KEY, *_OWN)]


def _page_model(columns: Sequence[PublishedColumn]) -> type[BaseModel]:
    row: Any = object_model(
        "CustomerRow",
        "A customer: the columns that were asked for, or all that the caller may see.",
        **{
            one.name: (python_type(one) | None, Field(None, description=one.description))
            for one in columns
            if one.name != _KEY
        },
        customer_id=(str, Field(..., description="The person.")),
    )
    return object_model(
        "CustomerPage",
        "Some customers, by customer_id.",
        customers=(list[row], Field(..., description="By customer_id.")),
        next=(str | None, Field(..., description="`after` for the next page; null at the last.")),
    )


def _own_parameters(columns: Sequence[PublishedColumn]) -> list[dict[str, object]]:
    names = [one.name for one in columns]
    return [
        {
            "name": "limit",
            "in": "query",
            "required": False,
            "description": "How many at most.",
            "schema": {
                "type": "integer",
                "minimum": 1,
                "maximum": _MOST_COUNT,
                "default": _USUAL_COUNT,
            },
        },
        {
            "name": "after",
            "in": "query",
            "required": False,
            "description": "`next` of the page before.",
            "schema": {"type": "string"},
        },
        {
            "name": "columns",
            "in": "query",
            "required": False,
            "description": "Columns beside customer_id; all that the caller may see if left out.",
            "schema": {"type": "array", "items": {"type": "string", "enum": names}},
            "style": "form",
            "explode": False,
        },
    ]
