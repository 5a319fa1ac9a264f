"""The pages as a browser meets them from the API: with keys, customers, and to itself."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import uvicorn

from orchestration.serving.keys import Scope, add_key
from orchestration.serving.server import open_app
from tests.serving.served_pages import HOSTILE, publish_pages

LISTS = "pages/shops/lantern/en/customers.html"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served") / "published"
    publish_pages(folder)
    return folder


@contextmanager
def listening(app: Any) -> Iterator[str]:
    """An application on this machine: its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(app, port=port, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    running = threading.Thread(target=server.run)
    running.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        running.join(10)


@pytest.fixture(scope="module")
def open_to_all(published: Path) -> Iterator[str]:
    """Without a key."""
    keys = published.parent / "no_keys.json"
    with (
        open_app(published / "current", keys, "127.0.0.1", 1e9, lambda _: None) as app,
        listening(app) as address,
    ):
        yield address


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context(accept_downloads=True)
    opened = watched(context)
    yield opened
    context.close()


def watched(context: Any) -> Any:
    """A page of which everything that goes wrong is written down: what a policy stops is said."""
    page = context.new_page()
    page.wrong = []
    page.on("console", lambda said: page.wrong.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.on("dialog", lambda dialog: page.wrong.append(dialog.message))
    return page


def test_pages_work_under_their_policy(page: Any, open_to_all: str, published: Path) -> None:
    site = published / "current" / "site"
    for file in sorted((site / "shops" / "lantern" / "en").iterdir()):
        page.goto(f"{open_to_all}/pages/{file.relative_to(site)}")
        assert page.wrong == [] and page.locator("h1").count() == 1, file
        for chart in page.locator("figure.chart").all():
            assert chart.locator("svg path").count() > 3, file
    page.goto(open_to_all)
    page.locator('.shops a[data-language="zh"]').nth(1).click()
    assert page.locator("h1").inner_text() == "总览" and page.wrong == []


def test_a_list_leads_to_its_customers_whatever_they_are_called(
    page: Any, open_to_all: str
) -> None:
    page.goto(f"{open_to_all}/{LISTS}#stage.new")
    page.wait_for_selector(".chosen tbody a")
    links = page.locator(".chosen tbody a")
    assert links.count() == len(HOSTILE) + 12
    asked = []
    for place in range(len(HOSTILE)):
        page.goto(f"{open_to_all}/{LISTS}#stage.new")
        page.wait_for_selector(".chosen tbody a")
        links.nth(place).click()
        page.wait_for_selector("#customer-value")
        asked += parse_qs(urlsplit(page.url).query, keep_blank_values=True)["id"]
    assert sorted(asked) == sorted(HOSTILE) and page.wrong == []


def test_a_customer_leads_to_those_alike_to_the_other_language_and_away(
    page: Any, open_to_all: str, tmp_path: Path
) -> None:
    page.goto(f"{open_to_all}/pages/shops/lantern/en/segment-1.html")
    page.get_by_role("link", name="till:1").click()
    assert page.url.endswith("/pages/customer?id=till%3A1&language=en")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="This page as one file").click()
    waiting.value.save_as(tmp_path / "taken.html")
    page.get_by_role("link", name="till:2").click()
    assert page.locator("h1").inner_text() == "Customer till:2"
    page.click("[data-language]")
    assert page.locator("h1").inner_text() == "客户 till:2"
    page.get_by_role("link", name="总览").click()
    assert page.url.endswith("/lantern/zh/overview.html") and page.wrong == []
    # From the disk it needs nobody.
    page.goto((tmp_path / "taken.html").as_uri())
    assert page.locator("h1").inner_text() == "Customer till:1" and page.wrong == []


def test_from_the_disk_there_is_no_link_to_a_page_that_is_not_there(
    page: Any, published: Path
) -> None:
    lists = published / "current" / "site" / "shops" / "lantern" / "en" / "customers.html"
    page.goto(f"{lists.as_uri()}#stage.new")
    page.wait_for_selector(".chosen tbody tr")
    assert page.locator(".chosen tbody a").count() == 0 and page.wrong == []


def test_a_key_is_typed_as_a_password(browser: Any, published: Path, tmp_path: Path) -> None:
    keys = {scope: add_key(tmp_path / "keys", scope.value, scope) for scope in Scope}
    with (
        open_app(published / "current", tmp_path / "keys", "127.0.0.1", 1e9, lambda _: None) as app,
        listening(app) as address,
    ):
        for scope, is_seen in ((Scope.READ, False), (Scope.PERSONAL, True)):
            context = browser.new_context(
                http_credentials={"username": "me", "password": keys[scope]}
            )
            page = watched(context)
            page.goto(f"{address}/{LISTS}#stage.active")
            page.get_by_role("link", name="till:1", exact=True).click()
            told = page.locator("main").inner_text()
            assert ("Springfield" in told) is is_seen and page.wrong == []
            context.close()


def test_a_page_of_another_site_learns_nothing(page: Any, open_to_all: str) -> None:
    """Lists are scripts, which a page may run from anywhere: the browser is told not to."""
    read = f"{open_to_all}/pages/shops/lantern/lists/1.js"
    evil = f"""
        <script>var portrait = {{ list: function () {{ document.title = "told" }} }}</script>
        <script src="{read}" onerror="document.title = 'refused'"></script>
        <iframe src="{open_to_all}/pages/"></iframe>
    """

    class Evil(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(evil.encode())

        def log_message(self, *_: object) -> None:
            pass

    # Another name of this machine is another site; another port of it is not.
    for host in ("localhost", "127.0.0.1"):
        with ThreadingHTTPServer((host, 0), Evil) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            page.goto(f"http://{host}:{server.server_address[1]}/")
            assert page.title() == "refused", host
            assert page.frames[1].url.startswith("chrome-error:"), host
            server.shutdown()
