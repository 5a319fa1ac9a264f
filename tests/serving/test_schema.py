"""What OpenAPI promises is what is answered, whatever is asked."""

import os
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from tests.serving.conftest import TestClient

EXAMPLES = int(os.environ.get("PORTRAIT_EXAMPLES", "8"))


@pytest.fixture(scope="module")
def schema(ask: TestClient) -> Any:
    return schemathesis.openapi.from_asgi("/openapi.json", ask.app)


OPERATIONS = (
    *("GET /v1/customers/{customer_id}", "GET /v1/customers/{customer_id}/recommendations"),
    *("GET /v1/customers/{customer_id}/history", "GET /v1/customers", "GET /v1/segments"),
    *("GET /v1/predictions", "POST /v1/predictions/{target}"),
    *("GET /pages/customer", "GET /pages/{path}"),
    *("GET /v1/tags", "POST /v1/recommendations", "GET /healthz", "GET /readyz", "GET /metrics"),
)
# They take nothing that could be wrong: any text may be somebody's key.
NEVER_WRONG = (
    *("GET /v1/customers/{customer_id}", "GET /v1/customers/{customer_id}/history"),
    *("GET /healthz", "GET /readyz", "GET /metrics", "GET /v1/predictions", "GET /pages/{path}"),
)


def test_every_operation_is_tried(schema: Any) -> None:
    told = [found.ok().label for found in schema.get_all_operations()]
    assert sorted(told) == sorted(OPERATIONS)


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("label", OPERATIONS)
def test_every_answer_is_as_it_is_described(schema: Any, label: str, mode: GenerationMode) -> None:
    method, path = label.split()
    operation = schema[path][method]
    if label in NEVER_WRONG and mode is GenerationMode.NEGATIVE:
        return
    cases = operation.as_strategy(generation_mode=mode)

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(cases)
    def ask(case: Any) -> None:
        case.call_and_validate(headers={"host": "localhost"})

    ask()
