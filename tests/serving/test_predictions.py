"""Customers whom nobody knows are expected to do what their likes are expected to do."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.modelling.predictions import make_predictions
from orchestration.publishing.served_models import model_path, served_models
from orchestration.publishing.snapshot import MARTS_FILE
from orchestration.quoting import quoted
from orchestration.serving.customer_file import write_customers
from orchestration.serving.server import open_app
from orchestration.warehouse.opening import open_warehouse
from tests.orchestration.modelled_shop import DECLARED, NORMAL, TABLES, make_features
from tests.serving.conftest import LOCAL, TestClient
from tests.serving.served_shop import publish

TARGET = DECLARED.target.name
PATH = f"/v1/predictions/{TARGET}"
KNOWN = """
    select customers.*, told.probability, told.baseline_probability
    from features.customer_features as customers
    join ml.customer_predictions as told using (shop, customer_id, as_of_date)
    order by customer_id desc limit 7
"""


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a model of shop `s` has learned and predicted."""
    file = tmp_path_factory.mktemp("predicted") / "warehouse.duckdb"
    with open_warehouse(file) as opened:
        make_features(opened)
        assert make_predictions(opened, TABLES, [DECLARED], NORMAL).is_learned
        opened.execute(
            "create schema marts; create view marts.model_versions as from ml.model_versions"
        )
    return file


@pytest.fixture(scope="module")
def ask(warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    published = tmp_path_factory.mktemp("predicting") / "published"

    def add_models(folder: Path, _: Path) -> None:
        with open_warehouse(warehouse) as opened:
            models = served_models(opened)
        for path, content in models.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        with duckdb.connect(folder / MARTS_FILE) as marts:
            marts.execute(f"attach {quoted(warehouse)} as warehouse (read_only)")
            marts.execute("insert into model_versions by name from warehouse.ml.model_versions")

    publish(published, also=(write_customers, add_models))
    with open_app(published / "current", published / "none.json", "127.0.0.1", 1e9) as app:
        yield TestClient(app, base_url=LOCAL)


@pytest.fixture(scope="module")
def known(warehouse: Path) -> list[dict[str, Any]]:
    """Customers with their features, and what they were expected to do."""
    with open_warehouse(warehouse) as opened:
        cursor = opened.execute(KNOWN)
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def features(ask: TestClient) -> list[str]:
    (target,) = ask.get("/v1/predictions").json()["targets"]
    assert (target["shop"], target["target"], target["kind"]) == ("s", TARGET, "event")
    assert target["eligible"] == "order_count > 0"
    return list(target["features"])


def test_who_is_like_a_customer_is_expected_to_do_the_same(
    ask: TestClient, known: list[dict[str, Any]]
) -> None:
    needed = features(ask)
    asked = [{name: row[name] for name in needed} for row in known]
    answer = ask.post(PATH, json={"customers": asked})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["shop"], told["target"], told["horizon_days"]) == ("s", TARGET, 29)
    assert [one["probability"] for one in told["predictions"]] == pytest.approx(
        [row["probability"] for row in known], abs=1e-12
    )
    assert [one["baseline_probability"] for one in told["predictions"]] == pytest.approx(
        [row["baseline_probability"] for row in known], abs=1e-12
    )
    assert len({one["probability"] for one in told["predictions"]}) > 1
    assert {one["expected_amount"] for one in told["predictions"]} == {None}


def test_what_is_not_known_is_null(ask: TestClient) -> None:
    asked: dict[str, object] = dict.fromkeys(features(ask))
    answer = ask.post(PATH, json={"customers": [asked], "shop": "s"})
    assert answer.status_code == 200
    assert 0 <= answer.json()["predictions"][0]["baseline_probability"] <= 1


def test_features_are_held_against_the_model(ask: TestClient) -> None:
    needed = features(ask)
    given: dict[str, object] = dict.fromkeys(needed[1:], 1) | {"age": 40}
    answer = ask.post(PATH, json={"customers": [dict.fromkeys(needed), given]})
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["code"] == "wrong_features" and needed[0] in problem["hint"]
    assert [one["where"] for one in problem["errors"]] == [
        f"body.customers.1.{needed[0]}",
        "body.customers.1.age",
    ]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v1/predictions/weather", {"customers": [{}]}, 404),
        (PATH, {"customers": [{}], "shop": "t"}, 404),
        (PATH, {"customers": []}, 422),
        (PATH, {"customers": [{"order_count": "1"}]}, 422),
        (PATH, {"customers": [{"order_count": True}]}, 422),
        (PATH, {"customers": [{}] * 101}, 422),
        (PATH, {}, 422),
    ],
)
def test_a_question_that_is_none_is_refused(
    ask: TestClient, path: str, body: dict[str, object], status: int
) -> None:
    answer = ask.post(path, json=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_model_that_cannot_be_read_is_said(warehouse: Path, tmp_path: Path) -> None:
    published = tmp_path / "published"

    def add_row(folder: Path, _: Path) -> None:
        with duckdb.connect(folder / MARTS_FILE) as marts:
            marts.execute(f"attach {quoted(warehouse)} as warehouse (read_only)")
            marts.execute("insert into model_versions by name from warehouse.ml.model_versions")
            ((version,),) = marts.execute("select model_version from model_versions").fetchall()
        file = folder / model_path("s", "repurchase", version)
        file.parent.mkdir(parents=True)
        file.write_bytes(b"not a model, and long enough to have a digest before it")

    publish(published, also=(write_customers, add_row))
    with open_app(published / "current", published / "none.json", "127.0.0.1", 1e9) as app:
        ask = TestClient(app, base_url=LOCAL)
        asked: dict[str, object] = dict.fromkeys(features(ask))
        answer = ask.post(PATH, json={"customers": [asked]})
    assert answer.status_code == 503
    assert answer.json()["code"] == "no_model" and "--force" in answer.json()["hint"]
