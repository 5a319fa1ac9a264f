"""The pages of the version that answers, and the page of any customer, made when asked for."""

from enum import Enum
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import FastAPI, Query
from fastapi import Path as InPath
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from orchestration.pages.customer import customer_page, page_name
from orchestration.pages.rendering import render
from orchestration.pages.shop_pages import TYPICAL
from orchestration.pages.words import LANGUAGES, Speaker
from orchestration.serving.answering import caller_of, text_answer
from orchestration.serving.customers import customer_of
from orchestration.serving.guard import MODELS, PAGES
from orchestration.serving.problems import ProblemError
from orchestration.serving.versions_open import OpenVersion, Versions

_TAGS: list[str | Enum] = ["pages"]
_TYPES = {
    ".html": b"text/html; charset=utf-8",
    ".css": b"text/css; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".txt": b"text/plain; charset=utf-8",
}
# Scripts from files of the pages alone. The width of a bar is written into its element, and so is
# the style of what a chart draws.
_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    b"img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_GUARDED = (
    (b"content-security-policy", _POLICY),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
_FIRST = f"{PAGES}/".removeprefix("/")  # Beside `/` and `/pages`, wherever a proxy has them.
_SERVED_SCRIPT = "static/served.js"
_LINKING = Path(__file__).with_name("served.js").read_bytes()
# Such a file has all that is known of a customer: who asks is led to what they may see.
_TYPICAL = f"""
    select typical_customer_id from segment_portraits
    where $1 = 'shops/' || shop || '/' || $2 || '/{TYPICAL}' || segment_id || '.html'
"""
_CONTENT: dict[str, Any] = {
    kind.decode().partition(";")[0]: {"schema": {"type": "string"}} for kind in _TYPES.values()
}
# Markdown as text, which a browser shows; as Markdown it would be saved.
_CARD_TYPES = {".md": _TYPES[".txt"], ".json": b"application/json"}
_CARD_CONTENT: dict[str, Any] = {
    "text/plain": {"schema": {"type": "string"}},
    "application/json": {"schema": {"type": "object"}},
}


def add_pages(app: FastAPI, versions: Versions) -> None:
    """Adds the pages, and the way to them from the first address that somebody tries."""

    @app.get("/", include_in_schema=False)
    @app.get(PAGES, include_in_schema=False)
    async def to_pages() -> Response:
        return RedirectResponse(_FIRST, 302)

    @app.get(
        f"{PAGES}/customer",
        tags=_TAGS,
        summary="The page of a customer",
        description="The portrait as a page for people; without the scope `personal` it leaves out "
        "what says who somebody is.",
        response_class=HTMLResponse,
        openapi_extra={"x-errors": ["404"]},
    )
    async def page_of_customer(
        request: Request,
        id: Annotated[str, Query(description="As of `/v1/customers/{customer_id}`.")],  # noqa: A002
        language: Annotated[Literal["en", "zh"], Query(description="Of the page.")] = "en",
        download: Annotated[bool, Query(description="As a file that needs no other.")] = False,
    ) -> Response:
        with versions.borrow() as version:
            customer_id = customer_of(version, id).customer_id
            page = await run_in_threadpool(
                _customer_page,
                version,
                customer_id,
                language,
                sees_personal=caller_of(request).sees_personal,
                is_file=download,
            )
            saved = f'attachment; filename="{page_name(customer_id)}.{language}.html"'
            more = [(b"content-disposition", saved.encode())] if download else []
            return text_answer(request, version, page, _TYPES[".html"], *_GUARDED, *more)

    @app.get(
        f"{PAGES}/{{path:path}}",
        tags=_TAGS,
        summary="A page of the version, or what it needs",
        response_class=Response,
        responses={200: {"content": _CONTENT}, 302: {"description": "The page of a customer."}},
        openapi_extra={"x-errors": ["404"]},
    )
    async def page(
        request: Request,
        path: Annotated[str, InPath(description="Below `site` of the version.")],
    ) -> Response:
        with versions.borrow() as version:
            return await run_in_threadpool(_page, request, version, path or "index.html")

    # Where pages on a disk have it: beside their folder.
    @app.get(
        f"{MODELS}/{{path:path}}",
        tags=_TAGS,
        summary="The card of a model of the version",
        response_class=Response,
        responses={200: {"content": _CARD_CONTENT}},
        openapi_extra={"x-errors": ["404"]},
    )
    async def card(
        request: Request,
        path: Annotated[str, InPath(description="Below `models` of the version.")],
    ) -> Response:
        with versions.borrow() as version:
            file = version.cards.get(path)
            if file is None:
                raise ProblemError(404, "no_page", "There is no such card.", f"See {PAGES}/.")
            kind = _CARD_TYPES[file.suffix]
            return text_answer(request, version, file.read_bytes(), kind, *_GUARDED)


def _page(request: Request, version: OpenVersion, path: str) -> Response:
    """A file of the pages, or the way to the customer that it is of.

    Raises:
        ProblemError: There is none of this name.
    """
    file = version.pages.get(path)
    if file is None:
        raise ProblemError(
            404,
            "no_page",
            "There is no such page." if version.pages else "What is published has no pages.",
            f"Begin at {PAGES}/." if version.pages else "Make them: portrait run --force",
        )
    if file.name.startswith(TYPICAL):
        with version.marts() as marts:
            (typical,) = marts.rows(_TYPICAL, path, file.parent.name)
        asked = {"id": typical["typical_customer_id"], "language": file.parent.name}
        return RedirectResponse(f"../../../customer?{urlencode(asked)}", 302)
    body = _LINKING if path == _SERVED_SCRIPT else file.read_bytes()
    return text_answer(request, version, body, _TYPES[file.suffix], *_GUARDED)


def _customer_page(
    version: OpenVersion, customer_id: str, language: str, *, sees_personal: bool, is_file: bool
) -> bytes:
    asked = {"id": customer_id}
    others = {
        other: f"customer?{urlencode({**asked, 'language': other})}"
        for other in LANGUAGES
        if other != language and not is_file
    }
    with version.marts() as marts:
        up = None if is_file else "."
        page = customer_page(
            marts, customer_id, language, others, sees_personal=sees_personal, up=up
        )
    return page.encode()


def is_for_people(request: Request) -> bool:
    """Whether a browser has asked for a page."""
    path: str = request.scope["path"]
    return path.startswith(f"{PAGES}/") and "text/html" in request.headers.get("accept", "")


def problem_page(request: Request, problem: ProblemError) -> Response:
    """What is wrong as a page, from which one comes to the others."""
    depth = request.scope["path"].count("/") - f"{PAGES}/".count("/")
    page = render(
        "problem.html",
        "en",
        up="/".join([".."] * depth) or ".",
        title=HTTPStatus(problem.status).phrase,
        detail=problem.detail,
        hint=problem.hint,
        zh=Speaker("zh"),
    )
    guarded = {name.decode(): value.decode() for name, value in _GUARDED}
    return HTMLResponse(page, problem.status, {"cache-control": "no-store", **guarded})
