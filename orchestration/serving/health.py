"""Whether the API lives, whether it can answer, and what it counts."""

from enum import Enum
from typing import Literal

from fastapi import FastAPI
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from orchestration.serving.metrics import METRICS_TYPE, Metrics
from orchestration.serving.problems import ProblemError
from orchestration.serving.versions_open import Versions

_TAGS: list[str | Enum] = ["health"]
_UNCACHED = {"cache-control": "no-store"}


class Alive(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Ready(BaseModel):
    """A version is open and can be read."""

    status: Literal["ok"] = "ok"
    version: str = Field(description="The version that answers.")
    published_at: str = Field(description="When it was published, UTC.")


def add_health(app: FastAPI, versions: Versions, metrics: Metrics) -> None:
    """Adds the paths for those who watch the service."""

    @app.get("/healthz", tags=_TAGS, summary="Whether the process answers", response_model=Alive)
    async def healthz() -> Response:
        return JSONResponse({"status": "ok"}, headers=_UNCACHED)

    @app.get(
        "/readyz",
        tags=_TAGS,
        summary="Whether what is published answers",
        response_model=Ready,
        openapi_extra={"x-errors": ["503"]},
    )
    async def readyz() -> Response:
        with versions.borrow() as version:
            if not versions.is_current():
                raise ProblemError(
                    503,
                    "not_current",
                    "What is published cannot be opened; the version before it answers.",
                    "Have it published anew: portrait run --force",
                )
            body = {
                "status": "ok",
                "version": version.name,
                "published_at": version.published_text,
            }
            return JSONResponse(body, headers=_UNCACHED)

    @app.get(
        "/metrics",
        tags=_TAGS,
        summary="Counts for Prometheus",
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    )
    async def prometheus() -> Response:
        return Response(metrics.text(), headers={**_UNCACHED, "content-type": METRICS_TYPE})
