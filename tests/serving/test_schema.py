"""What OpenAPI promises is what is answered, whatever is asked."""

import os
from typing import Any

import jsonschema
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
    *("GET /pages/customer", "GET /pages/{path}", "GET /models/{path}"),
    *("GET /v1/tags", "POST /v1/recommendations", "GET /healthz", "GET /readyz", "GET /metrics"),
)
# They take nothing that could be wrong: any text may be somebody's key.
NEVER_WRONG = (
    *("GET /v1/customers/{customer_id}", "GET /v1/customers/{customer_id}/history"),
    *("GET /healthz", "GET /readyz", "GET /metrics", "GET /v1/predictions"),
    *("GET /pages/{path}", "GET /models/{path}"),
)


def described(ask: TestClient) -> dict[str, Any]:
    said: dict[str, Any] = ask.get("/openapi.json").json()
    return said


def test_the_whole_answer_about_a_customer_has_an_example(ask: TestClient) -> None:
    schemas = described(ask)["components"]["schemas"]
    example = schemas["Customer"]["example"]
    resolved = {"$ref": "#/components/schemas/Customer", "components": {"schemas": schemas}}
    jsonschema.Draft202012Validator(resolved).validate(example)

    def fields(schema: dict[str, Any], value: Any) -> None:
        """Every field stands in it, and has a value."""
        while "$ref" in schema or "anyOf" in schema:
            schema = schema.get("anyOf", [schema])[0]
            if "$ref" in schema:
                schema = schemas[schema["$ref"].rpartition("/")[2]]
        if schema["type"] == "array":
            for one in value:
                fields(schema["items"], one)
        elif "properties" in schema:
            assert set(value) == set(schema["properties"]), schema["title"]
            for name, one in value.items():
                fields(schema["properties"][name], one)
        assert value is not None

    fields(schemas["Customer"], example)
    # It is of nobody: the description needs no key.
    answer = ask.get("/v1/customers/s:1").json()
    assert not {answer["customer_id"], answer["shop"]} & {example["customer_id"], example["shop"]}


def test_everything_is_typed(ask: TestClient) -> None:
    said = described(ask)
    untyped = [
        f"{name}.{field}"
        for name, schema in said["components"]["schemas"].items()
        for field, one in schema.get("properties", {}).items()
        if not {"type", "anyOf", "$ref", "const", "enum"} & set(one) or not one.get("description")
    ]
    assert [one for one in untyped if not one.endswith(".status")] == []
    for path, operations in said["paths"].items():
        for operation in operations.values():
            for one in operation.get("parameters", ()):
                assert {"type", "anyOf"} & set(one["schema"]) and one["description"], path
            for kind, content in operation["responses"]["200"]["content"].items():
                schema = content["schema"]
                assert "$ref" in schema or schema["type"] in ("array", "string", "object"), (
                    path,
                    kind,
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
