"""The pages over HTTP: of the version that answers, nothing beside them, nothing too much."""

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin

import pytest
from starlette.types import ASGIApp, Message

from orchestration.serving.keys import Scope
from orchestration.serving.server import open_app
from tests.hostile import obeyed_in
from tests.serving.conftest import LOCAL, TestClient, on_this_machine, with_keys
from tests.serving.served_pages import HOSTILE, PERSONAL_WORDS, publish_pages
from tests.serving.served_shop import publish

CUSTOMER = "/pages/customer"
AskAs = Callable[[Scope], TestClient]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages") / "published"
    publish_pages(folder)
    return folder


@pytest.fixture(scope="module")
def ask(published: Path) -> Iterator[TestClient]:
    """On this machine, without a key."""
    with on_this_machine(published) as client:
        yield client


@pytest.fixture(scope="module")
def ask_as(published: Path) -> Iterator[AskAs]:
    """As a browser does: the key is the password, and the name is anything."""
    with with_keys(published) as (client, keys):

        def with_key(scope: Scope) -> TestClient:
            client.auth = ("anybody", keys[scope])
            return client

        yield with_key


def test_the_first_address_leads_to_the_pages(ask: TestClient) -> None:
    for path in ("/", "/pages", "/pages/"):
        answer = ask.get(path)
        assert answer.url.path == "/pages/" and "<h1>Portrait</h1>" in answer.text


def test_every_page_of_the_version_is_answered_as_it_was_written(
    ask: TestClient, published: Path
) -> None:
    site = published / "current" / "site"
    version = (published / "current").readlink().name
    files = [file for file in site.rglob("*") if file.is_file() and file.name != "served.js"]
    assert len(files) > 50
    for file in files:
        if file.name.startswith("typical-"):
            continue
        answer = ask.get(f"/pages/{quote(file.relative_to(site).as_posix())}")
        assert answer.status_code == 200 and answer.content == file.read_bytes(), file
        assert answer.headers["portrait-version"] == version
        again = {"if-none-match": answer.headers["etag"]}
        assert ask.get(answer.url, headers=again).status_code == 304


def test_every_link_of_every_page_leads_on(ask: TestClient, published: Path) -> None:
    site = published / "current" / "site"
    there = {
        urljoin(f"{LOCAL}/pages/{quote(page.relative_to(site).as_posix())}", link)
        for page in site.rglob("*.html")
        if not page.name.startswith("typical-")
        for link in links(page.read_text())
    }
    assert any("/models/lantern/repurchase-" in link for link in there)
    assert {link: ask.get(link).status_code for link in there} == dict.fromkeys(there, 200)


def test_no_model_is_given_away_beside_its_card(ask: TestClient, published: Path) -> None:
    models = published / "current" / "models"
    (model,) = [file for file in models.rglob("*") if file.suffix not in ("", ".md", ".json")]
    assert found_at(ask.app, f"/models/{model.relative_to(models).as_posix()}")[0] == 404
    for path in ("../marts.duckdb", "lantern/../../marts.duckdb", "lantern", ""):
        assert found_at(ask.app, f"/models/{path}")[0] == 404


@pytest.mark.parametrize(
    "path", ["/pages/nothing", "/pages/shops/lantern/en/nothing.html", f"{CUSTOMER}?id=<b>nobody"]
)
def test_a_browser_is_told_in_a_page_what_is_wrong(ask: TestClient, path: str) -> None:
    told = ask.get(path, headers={"accept": "text/html,*/*;q=0.8"})
    assert told.status_code == 404 and "<h1>Not Found</h1>" in told.text
    assert told.headers["content-type"].startswith("text/html") and "<b>" not in told.text
    assert "script-src 'self'" in told.headers["content-security-policy"]
    found = links(told.text)
    assert len(found) == 3
    for link in found:
        assert ask.get(urljoin(str(told.url), link)).status_code == 200, link
    assert ask.get(path).headers["content-type"] == "application/problem+json"


def test_a_browser_is_told_to_run_what_is_ours_alone(ask: TestClient) -> None:
    for path in ("/pages/", "/pages/shops/lantern/en/overview.html", f"{CUSTOMER}?id=till:1"):
        answer = ask.get(path)
        policy = dict(
            one.split(" ", 1) for one in answer.headers["content-security-policy"].split("; ")
        )
        assert policy["default-src"] == "'none'" and policy["script-src"] == "'self'"
        assert policy["frame-ancestors"] == "'none'" and policy["base-uri"] == "'none'"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "no-cache" in answer.headers["cache-control"]
        assert "<script>" not in answer.text


def found_at(app: ASGIApp, path: str) -> tuple[int, bytes]:
    """What is answered to a path as it arrives: a client would tidy it before it asks."""
    told: list[Any] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        told.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1")],
    }
    asyncio.run(app(scope, receive, send))
    return told[0]["status"], told[1]["body"]


@pytest.mark.parametrize(
    "path",
    [
        "../marts.duckdb",
        "../../current/marts.duckdb",
        "..%2fmarts.duckdb",
        "%2e%2e/marts.duckdb",
        "..\\marts.duckdb",
        "static/../../marts.duckdb",
        "shops/../index.html",
        "./index.html",
        "/index.html",
        "//etc/passwd",
        "/etc/passwd",
        "static",
        "static/",
        "index.html\0",
        "index.html/",
        "INDEX.HTML",
        "shops/lantern/en/typical-99.html",
        "customer/../../marts.duckdb",
        "\udcff",
    ],
)
def test_no_address_leads_out_of_the_pages(ask: TestClient, path: str) -> None:
    status, said = found_at(ask.app, f"/pages/{path}")
    assert status == 404 and json.loads(said)["code"] == "no_page"
    assert found_at(ask.app, "/pages/index.html")[0] == 200


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_customer_has_a_page_that_leads_to_the_others(ask: TestClient, language: str) -> None:
    answer = ask.get(CUSTOMER, params={"id": "app:" + HOSTILE[0], "language": language})
    assert answer.status_code == 404 and answer.json()["code"] == "unknown_customer"
    answer = ask.get(CUSTOMER, params={"id": "till:1", "language": language})
    assert answer.status_code == 200 and "till:1" in answer.text
    assert len(links(answer.text)) > 8
    for link in links(answer.text):
        assert ask.get(urljoin(str(answer.url), link)).status_code == 200, link


def links(page: str) -> set[str]:
    found = {unescape(one) for one in re.findall(r'(?:href|src)="([^"]*)"', page)}
    told = {one.partition("#")[0] for one in found if not one.startswith("data:")} - {""}
    return told


@pytest.mark.parametrize("customer", HOSTILE)
def test_a_customer_may_be_called_anything(ask: TestClient, customer: str) -> None:
    for is_file in (False, True):
        answer = ask.get(CUSTOMER, params={"id": customer, "download": is_file})
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text and "<img" not in answer.text
        assert not obeyed_in(answer.text)
    saved = answer.headers["content-disposition"]
    assert saved.isascii() and saved.startswith('attachment; filename="web-')
    assert not set('/\\\r\n;"') & set(saved.partition('filename="')[2].removesuffix('"'))


def test_a_page_can_be_taken_away_as_one_file(ask_as: AskAs) -> None:
    asked = {"id": "till:1", "language": "zh", "download": "true"}
    taken = ask_as(Scope.PERSONAL).get(CUSTOMER, params=asked)
    assert "客户 till:1" in taken.text and "<style>/*" in taken.text
    assert not re.findall(r' (?:src|href)="(?!#|data:)', taken.text)
    assert taken.headers["content-disposition"].startswith('attachment; filename="till-1-')


def test_who_somebody_is_needs_the_scope(ask: TestClient, ask_as: AskAs) -> None:
    def told(client: TestClient, is_file: bool) -> tuple[bool, set[str]]:
        page = client.get(CUSTOMER, params={"id": "till:1", "download": is_file}).text
        assert "Customer till:1" in page and "Lifecycle" in page
        is_less = "it needs a key of scope personal" in page
        return is_less, {word for word in PERSONAL_WORDS if word in page}

    for is_file in (False, True):
        assert told(ask, is_file) == told(ask_as(Scope.READ), is_file) == (True, set())
        assert told(ask_as(Scope.PERSONAL), is_file) == (False, set(PERSONAL_WORDS))


@pytest.mark.parametrize("scope", list(Scope))
def test_no_other_page_tells_it(ask_as: AskAs, published: Path, scope: Scope) -> None:
    site = published / "current" / "site"
    client, telling = ask_as(scope), set()
    for file in site.rglob("*"):
        if not file.is_file():
            continue
        path = file.relative_to(site).as_posix()
        answer = client.get(f"/pages/{path}")
        assert answer.status_code == 200
        if any(word in answer.text for word in PERSONAL_WORDS):
            telling.add(path)
    typical = {f"shops/lantern/{language}/typical-1.html" for language in ("en", "zh")}
    assert telling == (typical if scope is Scope.PERSONAL else set())


def test_a_browser_without_a_key_asks_for_one(ask_as: AskAs) -> None:
    client = ask_as(Scope.READ)
    client.auth = None
    for path in ("/", "/pages", "/pages/", "/pages/index.html", f"{CUSTOMER}?id=till:1"):
        refused = client.get(path)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"] == 'Basic realm="portrait", charset="UTF-8"'
    # A service is not asked for a password.
    assert client.get("/v1/segments").headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("sent", ["Basic", "Basic !", "Basic /w==", "Basic eA==", "Basic Ong="])
def test_a_password_that_is_no_key_opens_nothing(ask_as: AskAs, sent: str) -> None:
    client = ask_as(Scope.READ)
    client.auth = None
    assert client.get("/pages/", headers={"authorization": sent}).status_code == 401


def test_a_version_without_pages_says_what_to_do(tmp_path: Path) -> None:
    publish(tmp_path / "published")
    with open_app(tmp_path / "published" / "current", tmp_path / "k", "127.0.0.1", 9) as app:
        answer = TestClient(app, base_url=LOCAL).get("/pages/")
    assert answer.status_code == 404 and "portrait run --force" in answer.json()["hint"]


def test_the_pages_are_swapped_with_the_version(tmp_path: Path) -> None:
    published = tmp_path / "published"
    before = publish_pages(published)
    with open_app(published / "current", tmp_path / "k", "127.0.0.1", 99) as app:
        client = TestClient(app, base_url=LOCAL)
        path = "/pages/shops/lantern/en/overview.html"
        told = client.get(path)
        assert told.headers["portrait-version"] == before
        after = publish_pages(published)
        page = published / after / "site" / path.removeprefix("/pages/")
        page.write_text("another page")
        told = client.get(path)
        assert told.text == "another page" and told.headers["portrait-version"] == after
