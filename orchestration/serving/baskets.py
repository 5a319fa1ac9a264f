"""What goes with a basket that nobody has bought yet."""

from enum import Enum
from typing import Annotated

from fastapi import FastAPI
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from orchestration.errors import PortraitError
from orchestration.publishing.reading import Row
from orchestration.publishing.recommended import beside
from orchestration.serving.answering import json_answer
from orchestration.serving.problems import ProblemError
from orchestration.serving.versions_open import OpenVersion, Versions

_TAGS: list[str | Enum] = ["recommendations"]
# Each is looked for by itself.
_MOST_PRODUCTS, _LONGEST_NAME = 50, 200
Product = Annotated[
    str, StringConstraints(pattern=r"^[^,\s\x00]", max_length=_LONGEST_NAME, strict=True)
]


def _whole(given: object) -> object:
    """JSON Schema takes 5.0 for an integer, and neither "5" nor true."""
    if isinstance(given, bool | str):
        raise ValueError("This is no whole number.")
    return given


class Basket(BaseModel):
    """Products that lie in a basket, or were bought before."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"basket": ["completejourney:1082185"], "count": 5}},
    )
    basket: list[Product] = Field(
        min_length=1,
        max_length=_MOST_PRODUCTS,
        description="Each a product_id, the source's own id of it, or its name.",
    )
    count: Annotated[int, BeforeValidator(_whole)] = Field(
        10, ge=1, le=100, description="How many products at most."
    )


class Beside(BaseModel):
    """A product that goes with the basket."""

    rank: int = Field(description="1 is the best.")
    product_id: str = Field(description="The product.")
    product_name: str | None = Field(description="Its name; null where none is known.")
    score: float = Field(description="Sum of its similarities to what is in the basket.")
    because_product_id: str = Field(description="What in the basket speaks for it most.")
    reason: str = Field(description="The same as a sentence.")


class BasketAnswer(BaseModel):
    """What goes with a basket."""

    recommendations: list[Beside] = Field(description="The best first; none where none is known.")


def add_baskets(app: FastAPI, versions: Versions) -> None:
    """Adds the question what goes with a basket."""

    @app.post(
        "/v1/recommendations",
        tags=_TAGS,
        summary="What goes with a basket",
        description="By what the same customers buy (similar_products); nothing is kept.",
        response_model=BasketAnswer,
        openapi_extra={"x-errors": ["400", "404", "413"]},
    )
    async def goes_with(request: Request, basket: Basket) -> Response:
        with versions.borrow() as version:
            rows = await run_in_threadpool(_beside, version, basket)
            return json_answer(request, version, {"recommendations": rows})


def _beside(version: OpenVersion, basket: Basket) -> list[Row]:
    with version.marts() as marts:
        try:
            return beside(marts, basket.basket, basket.count)
        except PortraitError as error:
            raise ProblemError(404, "unknown_product", error.message, error.hint) from error
