"""Errors as application/problem+json (RFC 9457): what is wrong, and what to do about it."""

import json
from collections.abc import Mapping
from http import HTTPStatus

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

PROBLEM_TYPE = "application/problem+json"


class Fault(BaseModel):
    """A part of a request that is wrong."""

    where: str = Field(description="Its place, such as `query.limit`.")
    message: str = Field(description="What is wrong with it.")


class ProblemDetails(BaseModel):
    """An error."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "about:blank",
                "title": "Not Found",
                "status": 404,
                "code": "unknown_customer",
                "detail": "Nobody has this id.",
                "hint": "Name the customer as customer_profiles or a source does, with the source "
                "before it: source_system:source_customer_id.",
            }
        }
    )
    type: str = Field(description="`about:blank`: `code` says what it is.")
    title: str = Field(description="The status in words.")
    status: int = Field(description="The status of HTTP.")
    code: str = Field(description="What is wrong, in a word that does not change.")
    detail: str = Field(description="What is wrong, in a sentence.")
    hint: str = Field(description="What to do about it.")
    errors: list[Fault] | None = Field(None, description="The parts of the request that are wrong.")


class ProblemError(Exception):
    """An error that becomes the answer."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        hint: str,
        *,
        headers: Mapping[str, str] | None = None,
        errors: list[dict[str, str]] | None = None,
    ) -> None:
        """Keeps what `ProblemDetails` has, and headers beside it."""
        super().__init__(code)
        self.status, self.code, self.detail, self.hint = status, code, detail, hint
        self.headers, self.errors = headers, errors

    def response(self) -> Response:
        """The answer that says it."""
        body = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            "hint": self.hint,
            **({"errors": self.errors} if self.errors else {}),
        }
        headers = {"cache-control": "no-store", **(self.headers or {})}
        return Response(
            json.dumps(body, ensure_ascii=False), self.status, headers, media_type=PROBLEM_TYPE
        )
