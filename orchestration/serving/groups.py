"""What customers are grouped by: segments with their portraits, and the catalogue of tags."""

import json
from collections.abc import Sequence
from enum import Enum
from typing import Annotated, Any

from fastapi import FastAPI, Query
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from orchestration.publishing.reading import PublishedColumn, Row
from orchestration.quoting import identifier
from orchestration.serving.answering import json_answer
from orchestration.serving.described import model_of, object_model
from orchestration.serving.versions_open import OpenVersion, Versions

_TAGS: list[str | Enum] = ["groups"]
# Path → mart, what a row is called, what it is, and how rows are sorted.
_GROUPS = {
    "segments": ("segment_portraits", "SegmentPortrait", "A segment.", "shop, segment_id"),
    "tags": ("tag_catalog", "TagEntry", "A tag, as its catalogue has it.", "shop, tag_order"),
}
# Text that holds JSON, with what it holds.
_JSON_COLUMNS: dict[str, Any] = {"rule": dict[str, Any], "evidence": list[str]}
Shop = Annotated[str | None, Query(description="Of this shop alone.")]


def add_groups(app: FastAPI, versions: Versions) -> None:
    """Adds a path for each kind of group."""
    for name, (mart, title, said, order) in _GROUPS.items():
        with versions.borrow() as version:
            row: Any = _row_model(title, said, version.columns(mart))
        model = object_model(
            title.replace("Portrait", "s").replace("Entry", "s"),
            f"{said[:-1]} a row.",
            **{name: (list[row], Field(..., description=f"By {order}."))},
        )
        _add(app, versions, name, model)


def _add(app: FastAPI, versions: Versions, name: str, model: type[BaseModel]) -> None:
    mart, _, said, order = _GROUPS[name]

    @app.get(
        f"/v1/{name}",
        tags=_TAGS,
        summary=f"All {name}",
        description=f"{said} All of {mart}.",
        response_model=model,
        name=name,
    )
    async def groups(request: Request, shop: Shop = None) -> Response:
        with versions.borrow() as version:
            rows = await run_in_threadpool(_rows, version, mart, order, shop)
            return json_answer(request, version, {name: rows})


def _rows(version: OpenVersion, mart: str, order: str, shop: str | None) -> list[Row]:
    query = f"from {identifier(mart)} where $1 is null or shop = $1 order by {order}"
    with version.marts() as marts:
        rows = marts.rows(query, shop)
    return [
        {
            name: json.loads(value) if name in _JSON_COLUMNS and value is not None else value
            for name, value in row.items()
        }
        for row in rows
    ]


def _row_model(title: str, said: str, columns: Sequence[PublishedColumn]) -> type[BaseModel]:
    objects: dict[str, Any] = {
        one.name: (_JSON_COLUMNS[one.name] | None, Field(..., description=one.description))
        for one in columns
        if one.name in _JSON_COLUMNS
    }
    others = [one for one in columns if one.name not in objects]
    return model_of(title, said, others, **objects)
