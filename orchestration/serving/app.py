"""The API as an ASGI application: routes, and what is said of them in OpenAPI."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from orchestration.errors import PortraitError
from orchestration.serving.baskets import add_baskets
from orchestration.serving.customers import add_customers
from orchestration.serving.groups import add_groups
from orchestration.serving.guard import Guard, Note, failed
from orchestration.serving.health import add_health
from orchestration.serving.keys import KeyRing
from orchestration.serving.limits import RateLimit
from orchestration.serving.lists import add_lists
from orchestration.serving.metrics import Metrics
from orchestration.serving.openapi import describe
from orchestration.serving.pages import add_pages, is_for_people, problem_page
from orchestration.serving.predictions import add_predictions
from orchestration.serving.problems import ProblemError
from orchestration.serving.versions_open import Versions

_HTTP_CODES = {404: "no_such_path", 405: "no_such_method", 400: "unreadable"}
_HINT = "See /openapi.json for the paths and what they take."


def make_app(
    versions: Versions, keys: KeyRing, limit: RateLimit, note: Note, *, is_local: bool
) -> Guard:
    """The API on the versions of a published folder.

    Args:
        versions: What answers.
        keys: Who may ask.
        limit: How often.
        note: Where a line of each answer goes.
        is_local: It listens on this machine alone.
    """
    app = FastAPI(
        title="Portrait",
        version="1",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    metrics = Metrics(versions)
    # Not as routers that are included: a request would look through each of them.
    add_customers(app, versions)
    add_lists(app, versions)
    add_groups(app, versions)
    add_baskets(app, versions)
    add_predictions(app, versions)
    add_pages(app, versions)
    add_health(app, versions, metrics)
    for kind, handler in (
        (ProblemError, _problem),
        (PortraitError, _portrait_error),
        (RequestValidationError, _wrong_request),
        (HTTPException, _http_error),
        # The guard gets it too, and notes it.
        (Exception, _mistake),
    ):
        app.add_exception_handler(kind, handler)
    describe(app)
    return Guard(app, keys, limit, metrics, note, is_local=is_local)


async def _problem(request: Request, error: Any) -> Response:
    return problem_page(request, error) if is_for_people(request) else error.response()


async def _portrait_error(request: Request, error: Any) -> Response:
    return ProblemError(422, "not_understood", error.message, error.hint).response()


async def _wrong_request(request: Request, error: Any) -> Response:
    # What was given is not said back: it may be about somebody, and answers are noted by others.
    faults = [
        {"where": _place(one["loc"]), "message": str(one["msg"])[:200]} for one in error.errors()
    ]
    places = ", ".join(fault["where"] for fault in faults)
    detail = f"The request is wrong in {places}."
    return ProblemError(422, "wrong_request", detail, _HINT, errors=faults).response()


async def _http_error(request: Request, error: Any) -> Response:
    code = _HTTP_CODES.get(error.status_code, "refused")
    detail = f"{error.detail}."
    return ProblemError(error.status_code, code, detail, _HINT, headers=error.headers).response()


async def _mistake(request: Request, error: Any) -> Response:
    return failed().response()


def _place(location: Sequence[object]) -> str:
    return ".".join(map(str, location))
