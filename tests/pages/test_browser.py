"""The pages as people meet them: in Chromium, from the disk, by mouse, keys, phone and paper."""

import csv
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pytest
from axe_playwright_python.sync_playwright import Axe

from orchestration.pages.words import LANGUAGES
from tests.pages.names import ACTING

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
SHOPS = ("lantern", "single", "empty")


@pytest.fixture(scope="module")
def desk(browser: Any) -> Iterator[Any]:
    """A page of which everything that goes wrong is written down."""
    context = browser.new_context(viewport=DESK, accept_downloads=True)
    page = context.new_page()
    page.wrong = []
    page.on("console", lambda said: page.wrong.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.on("request", lambda asked: page.wrong.append(asked.url) if left(asked.url) else None)
    page.on("dialog", lambda dialog: page.wrong.append(dialog.message))
    yield page
    context.close()


def left(url: str) -> bool:
    return not url.startswith(("file:", "data:", "blob:"))


def every(site: Path, language: str) -> list[Path]:
    return [page for shop in SHOPS for page in sorted((site / "shops" / shop / language).iterdir())]


def read_csv(file: Path) -> list[list[str]]:
    return list(csv.reader(file.read_text(encoding="utf-8-sig").splitlines()))


def sideways(page: Any) -> int:
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_open_without_errors_and_ask_nobody(desk: Any, site: Path, language: str) -> None:
    for page in every(site, language):
        desk.goto(page.as_uri())
        assert desk.wrong == [], page
        assert desk.locator("h1").count() == 1, page
        for chart in desk.locator("figure.chart").all():
            # A chart without data is an empty picture.
            assert chart.locator("svg path").count() > 3, page
            assert chart.locator("tbody tr").count() > 0, page


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_people_who_see_less_can_use_them(desk: Any, site: Path, theme: str) -> None:
    desk.emulate_media(color_scheme=theme)
    # The second of a kind has nothing else than the first; the tables are long, and all alike.
    seldom = {"segment-1.html", "typical-1.html", *(["tables.html"] if theme == "dark" else [])}
    for page in every(site, "en" if theme == "light" else "zh"):
        if page.name in seldom or (page.parts[-3] != "lantern" and page.name != "overview.html"):
            continue
        desk.goto(page.as_uri())
        # Else it asks for the style sheets once more, which a page from a disk may not.
        found = Axe().run(desk, options={"preload": False})
        assert found.violations_count == 0, f"{page}: {found.generate_report()}"
    desk.emulate_media(color_scheme="light")


def test_nothing_lies_beside_a_phone_or_over_each_other(desk: Any, site: Path) -> None:
    desk.set_viewport_size(PHONE)
    for language in LANGUAGES:
        for page in every(site, language):
            desk.goto(page.as_uri())
            assert sideways(desk) <= 0, page
            # However wide the numbers of a shop are, a table moves within its box.
            assert desk.locator("main table").count() == desk.locator(".scroll table").count(), page
            boxes = desk.evaluate(
                "Array.from(document.querySelectorAll"
                "('main > header, main > section, main > .columns > *'),"
                " one => one.getBoundingClientRect().toJSON())"
                ".sort((one, other) => one.top - other.top)"
            )
            for above, below in pairwise(boxes):
                assert above["bottom"] <= below["top"] + 1, page
    desk.set_viewport_size(DESK)


def test_one_comes_everywhere_by_keyboard(desk: Any, site: Path) -> None:
    desk.goto((site / "shops/lantern/en/overview.html").as_uri())
    desk.keyboard.press("Tab")
    assert desk.evaluate("document.activeElement.className") == "skip"
    reached = set()
    for _ in range(80):
        desk.keyboard.press("Tab")
        reached.add(desk.evaluate("document.activeElement.textContent.trim()"))
    assert {"Customers", "中文", "◐", "Data as a table", "Download CSV"} <= reached


def test_language_and_theme_switch_without_a_server(desk: Any, site: Path) -> None:
    desk.goto((site / "shops/lantern/en/overview.html").as_uri())
    before = desk.evaluate("getComputedStyle(document.body).backgroundColor")
    drawn = desk.locator("#overview-revenue svg").inner_html()
    desk.click("[data-theme-switch]")
    assert desk.evaluate("getComputedStyle(document.body).backgroundColor") != before
    assert desk.locator("#overview-revenue svg").inner_html() != drawn
    desk.click("[data-language]")
    assert desk.locator("h1").inner_text() == "总览"
    assert desk.evaluate("document.documentElement.dataset.theme") == "dark"
    desk.click("[data-theme-switch]")


def test_a_cell_lists_its_customers_and_gives_them_away(
    desk: Any, site: Path, version: Path, tmp_path: Path
) -> None:
    desk.goto((site / "shops/lantern/en/overview.html").as_uri())
    desk.locator("#overview-stages a").first.click()
    desk.wait_for_selector(".chosen tbody tr")
    assert "12 of 12 customers" in desk.locator(".chosen .question").inner_text()
    with desk.expect_download() as waiting:
        desk.locator(".chosen [data-download]").click()
    waiting.value.save_as(tmp_path / "list.csv")
    rows = read_csv(tmp_path / "list.csv")
    assert len(rows) == 13 and rows[0][0] == "Customer"
    # The query that is shown gives the same customers, and all that is known of them.
    sql = desk.locator(".chosen .sql").inner_text().replace("'customers.csv'", f"'{tmp_path}/all'")
    with duckdb.connect(version / "marts.duckdb", read_only=True) as connection:
        connection.execute(sql)
    everybody = read_csv(tmp_path / "all")
    at = everybody[0].index("customer_id")
    assert [row[at] for row in everybody[1:]] == [row[0] for row in rows[1:]]


def test_an_address_that_nobody_wrote_does_no_harm(desk: Any, site: Path) -> None:
    for end in ("#%", "#rfm.9-9", "#stage.</script>", "#"):
        desk.goto("about:blank")
        desk.goto((site / "shops/lantern/en/customers.html").as_uri() + end)
        assert desk.locator(".chosen tbody tr").count() == 0 and desk.wrong == []


def test_a_chart_is_downloaded_as_numbers(desk: Any, site: Path, tmp_path: Path) -> None:
    desk.goto((site / "shops/lantern/en/overview.html").as_uri())
    desk.locator("#overview-revenue figure summary").click()
    with desk.expect_download() as waiting:
        desk.locator("#overview-revenue [data-download]").click()
    waiting.value.save_as(tmp_path / "revenue.csv")
    rows = read_csv(tmp_path / "revenue.csv")
    assert len(rows) == 91 and rows[-1][0] == "2024-03-31"
    assert ACTING in rows[0][1] + rows[0][2] + rows[0][3]
    assert float(rows[-1][1]) == 100


def test_what_a_pointer_meets_is_text(desk: Any, site: Path) -> None:
    desk.goto((site / "shops/lantern/en/overview.html").as_uri())
    chart = desk.locator("#overview-revenue .canvas")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    desk.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    desk.wait_for_function("document.querySelector('.canvas').innerText.includes('EUR')")
    assert ACTING in chart.inner_text() and chart.locator("img").count() == 0
    assert desk.wrong == []


def test_it_prints(desk: Any, site: Path) -> None:
    desk.goto((site / "shops/lantern/en/overview.html").as_uri())
    assert desk.pdf(format="A4").startswith(b"%PDF")
    desk.emulate_media(media="print")
    desk.set_viewport_size({"width": 720, "height": 1000})
    assert sideways(desk) <= 0 and not desk.locator("nav").is_visible()
    desk.emulate_media(media="screen")
    desk.set_viewport_size(DESK)


def test_the_first_page_leads_on(desk: Any, site: Path, browser: Any) -> None:
    desk.goto((site / "index.html").as_uri())
    assert [one.inner_text() for one in desk.locator(".shops strong").all()] == sorted(SHOPS)
    desk.locator('.shops a[data-language="zh"]').nth(1).click()
    assert "/lantern/zh/overview.html" in desk.url
    assert desk.wrong == []
