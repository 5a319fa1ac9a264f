"""The files of the pages: whole, linked, small, in two languages, and safe from names in data."""

import re
import shutil
from pathlib import Path

import pytest

from orchestration.pages import site as site_module
from orchestration.pages.checking import check_site
from orchestration.pages.site import add_site
from orchestration.pages.words import LANGUAGES, words
from orchestration.publishing.reports.names import SITE
from tests.hostile import obeyed_in
from tests.pages.names import ACTING
from tests.pages.shop import make_snapshot


def pages(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


def test_every_text_has_both_languages() -> None:
    for key, texts in words().items():
        assert set(texts) == set(LANGUAGES), key
        assert all(str(text).strip() for text in texts.values()), key
        names = [set(re.findall(r"\{(\w+)", text)) for text in texts.values()]
        assert names[0] == names[1], f"{key} takes other values in the other language"


def test_shops_side_by_side_have_pages_in_both_languages(site: Path) -> None:
    for shop in ("lantern", "single", "empty"):
        for language in LANGUAGES:
            assert (site / "shops" / shop / language / "overview.html").exists()
    assert "no portraits" in (site / "shops/empty/en/overview.html").read_text()
    # A customer whose one order has no known value: said, and not drawn as nothing.
    single = (site / "shops/single/en/overview.html").read_text()
    assert "No amount of the last year is known." in single and 'data-kind="area"' not in single
    assert "Nothing is foretold" in single and "which are in no amount: 1" in single


def test_the_pages_are_whole(site: Path) -> None:
    """Links, charts and sizes, as the check of the asset looks at them."""
    found = check_site(site)
    assert found.problems == []
    assert found.pages == len(pages(site)) and found.links > 500 and found.charts > 10


CHART = '<figure class="chart"><table data-name="sales"><thead><tr><th>Day</th></tr></thead>'


@pytest.mark.parametrize(
    ("page", "problem"),
    [
        ('<a href="nowhere.html">', "a link leads nowhere, to nowhere.html"),
        ('<script src="../static/charts.js"></script>', "a link leads nowhere, to ../static"),
        ('<img src="https://x.example/a.png">', "a link leads outside, to https://x.example"),
        ('<link href="//x.example/a.css">', "a link leads outside, to //x.example"),
        ('<a href="tables.html#sales">', "a link leads to no place of tables.html, sales"),
        (f"{CHART}<tbody></tbody></table></figure>", "the chart sales has no data"),
        ("x" * 300_001, "it has 300,001 bytes, and may have 300,000"),
    ],
)
def test_what_is_wrong_with_a_page_is_named(tmp_path: Path, page: str, problem: str) -> None:
    (tmp_path / "tables.html").write_text(
        f'<p id="orders"><a href="tables.html#orders"><a href="data:,"><a href="#orders">{CHART}'
        "<tbody><tr><td>1</td></tr></tbody></table></figure>"
    )
    assert check_site(tmp_path).problems == []
    (tmp_path / "page.html").write_text(page)
    (told,) = check_site(tmp_path).problems
    assert told.startswith(f"page.html: {problem}")


def test_many_problems_are_counted(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text('<a href="x">' * 25)
    told = check_site(tmp_path).problems
    assert len(told) == 11 and told[-1] == "and 15 more"
    assert check_site(tmp_path / "nothing").problems == ["There are no pages."]


def test_names_from_data_only_show(site: Path) -> None:
    for page in pages(site):
        text = page.read_text()
        assert "<script>alert" not in text and "<img" not in text, page
        assert not obeyed_in(text), page
    assert "&lt;/script&gt;" in (site / "shops/lantern/en/overview.html").read_text()
    assert ACTING not in (site / "index.html").read_text()


def test_the_same_tables_give_the_same_pages(site: Path, tmp_path: Path) -> None:
    make_snapshot(tmp_path)
    site_module.write_site(tmp_path)
    for page in pages(site):
        assert (tmp_path / SITE / page.relative_to(site)).read_bytes() == page.read_bytes(), page


def test_a_failure_is_told_and_leaves_the_tables_alone(
    version: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.copy(version / "marts.duckdb", tmp_path)

    def fail(*_: object) -> None:
        raise ValueError("a template is wrong")

    monkeypatch.setattr(site_module, "shop_pages", fail)
    add_site(tmp_path, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["marts.duckdb"]
    assert "a template is wrong" in caplog.text and "What to do" in caplog.text


def test_what_a_browser_runs_is_vendored_with_its_licence(site: Path) -> None:
    assert (site / "static/echarts.common.min.js").stat().st_size > 500_000
    assert "Apache License" in (site / "static/licenses/echarts-LICENSE.txt").read_text()
    assert "Apache ECharts" in (site / "static/licenses/echarts-NOTICE.txt").read_text()
