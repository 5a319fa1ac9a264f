"""Who is let in, how often, and what is noted of it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orchestration.errors import PortraitError
from orchestration.serving.keys import Scope, add_key, remove_key
from orchestration.serving.limits import RateLimit
from orchestration.serving.server import open_app
from tests.serving.conftest import LOCAL, AskAs, TestClient

PATHS = ("/v1/customers/s:1", "/v1/customers/s:1/recommendations", "/metrics", "/nowhere")


@pytest.fixture
def keys_file(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


@contextmanager
def client(
    published: Path, keys_file: Path, host: str = "127.0.0.1", rate: float = 1e9
) -> Iterator[TestClient]:
    with open_app(published / "current", keys_file, host, rate) as app:
        yield TestClient(app, base_url=LOCAL, raise_server_exceptions=False)


def refused(published: Path, keys_file: Path, host: str) -> None:
    with open_app(published / "current", keys_file, host, 1):
        pass


def bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


def test_another_address_is_refused_without_a_key(published: Path, keys_file: Path) -> None:
    for host in ("0.0.0.0", "::", "192.168.1.5", "portrait.example"):
        with pytest.raises(PortraitError, match="there is no key"):
            refused(published, keys_file, host)
    add_key(keys_file, "shop", Scope.READ)
    remove_key(keys_file, "shop")
    with pytest.raises(PortraitError, match="there is no key"):
        refused(published, keys_file, "0.0.0.0")


@pytest.mark.parametrize("path", PATHS)
def test_where_there_are_keys_nothing_is_said_without_one(
    published: Path, keys_file: Path, path: str
) -> None:
    with client(published, keys_file) as ask:
        assert ask.get(path).status_code in (200, 404)
        given = add_key(keys_file, "shop", Scope.READ)
        for headers in ({}, bearer("x"), bearer(f"{given}x"), {"authorization": given}):
            refused = ask.get(path, headers=headers)
            assert refused.status_code == 401
            assert refused.headers["www-authenticate"].startswith("Bearer")
            assert refused.json()["code"] == "no_key"
        assert ask.get(path, headers=bearer(given)).status_code in (200, 404)
        remove_key(keys_file, "shop")
        assert ask.get(path, headers=bearer(given)).status_code == 401


def test_those_who_watch_need_no_key(published: Path, keys_file: Path) -> None:
    add_key(keys_file, "shop", Scope.READ)
    with client(published, keys_file, "0.0.0.0") as ask:
        for path in ("/healthz", "/readyz", "/openapi.json"):
            assert ask.get(path).status_code == 200


def test_without_a_key_only_this_machine_is_answered_by_its_name(ask: TestClient) -> None:
    for host, status in (("localhost:8000", 200), ("[::1]", 200), ("evil.example", 421)):
        assert ask.get("/v1/customers/s:1", headers={"host": host}).status_code == status


def test_no_page_of_another_site_may_read(ask_as: AskAs) -> None:
    answer = ask_as(Scope.READ).get("/v1/customers/s:1", headers={"origin": "https://x.example"})
    assert not any(name.startswith("access-control") for name in answer.headers)


def test_who_asks_too_often_is_told_when(published: Path, keys_file: Path) -> None:
    one, other = (add_key(keys_file, name, Scope.READ) for name in ("one", "other"))
    with client(published, keys_file, rate=0.5) as ask:
        statuses = [ask.get("/v1/customers/s:1", headers=bearer(one)) for _ in range(3)]
        assert [answer.status_code for answer in statuses] == [200, 200, 429]
        assert statuses[2].headers["retry-after"] == "2"
        assert ask.get("/v1/customers/s:1", headers=bearer(other)).status_code == 200


def test_a_bucket_fills_with_time() -> None:
    now = 0.0
    limit = RateLimit(2, 3, lambda: now)
    assert [limit.wait("a") for _ in range(4)] == [0, 0, 0, 0.5]
    now = 0.5
    assert [limit.wait("a") for _ in range(2)] == [0, 0.5]
    now = 100
    assert [limit.wait("a") for _ in range(4)] == [0, 0, 0, 0.5]
    for number in range(20_000):
        limit.wait(str(number))
    assert len(limit._buckets) == 10_000


def test_the_log_knows_the_request_and_nobody(
    ask_as: AskAs, capsys: pytest.CaptureFixture[str]
) -> None:
    client = ask_as(Scope.PERSONAL)
    client.get("/v1/customers/s:1?city=Here", headers={"x-request-id": "abc-1"})
    client.get("/v1/customers/t:anna@example.org")
    client.get("/anna")
    text = capsys.readouterr().out
    said = [json.loads(line) for line in text.splitlines()]
    assert (
        said[0].items()
        >= {
            "request_id": "abc-1",
            "key": "personal",
            "method": "GET",
            "route": "/v1/customers/{customer_id}",
            "status": 200,
        }.items()
    )
    assert [one["route"] for one in said[1:]] == ["/v1/customers/{customer_id}", "unmatched"]
    assert not any(word in text for word in ("s:1", "anna", "Here"))


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "a\tb", 'x"'])
def test_a_request_id_that_is_none_is_made_anew(ask: TestClient, given: str) -> None:
    answer = ask.get("/healthz", headers={"x-request-id": given})
    assert answer.headers["x-request-id"] != given
    assert len(answer.headers["x-request-id"]) == 16


def test_a_mistake_of_the_service_tells_no_stranger(
    published: Path,
    keys_file: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = " ".join(("anna", "lives", "here"))

    def fail(*_: object, **__: object) -> None:
        raise ValueError(said)

    with client(published, keys_file) as ask:
        monkeypatch.setattr("orchestration.serving.customer_file.CustomerFile.find", fail)
        answer = ask.get("/v1/customers/s:1")
    assert answer.status_code == 500 and answer.json()["code"] == "failed"
    assert "ValueError" in caplog.text and "customers.py" in caplog.text
    assert said not in caplog.text + answer.text


def test_a_long_body_is_refused(ask: TestClient) -> None:
    answer = ask.request("GET", "/healthz", content=b"x" * 300_000)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/x", 404), ("PUT", "/healthz", 405)]
)
def test_what_there_is_not_is_a_problem_too(
    ask: TestClient, method: str, path: str, status: int
) -> None:
    answer = ask.request(method, path)
    assert answer.status_code == answer.json()["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"
    if status == 405:
        assert answer.headers["allow"] == "GET"


def test_counts_are_by_pattern(ask: TestClient) -> None:
    ask.get("/v1/customers/s:1")
    text = ask.get("/metrics").text
    assert 'route="/v1/customers/{customer_id}",status="200"' in text
    assert "portrait_snapshot_is_current 1.0" in text
    assert "s:1" not in text
