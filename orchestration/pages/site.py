"""The pages of a version as files that a browser opens from a disk: no server, no network."""

import shutil
import traceback
from pathlib import Path

from orchestration import progress
from orchestration.pages.rendering import render
from orchestration.pages.shop_pages import shop_pages
from orchestration.pages.shops import read_shops
from orchestration.pages.words import Speaker
from orchestration.publishing.reading import open_snapshot
from orchestration.publishing.reports.names import SITE

_STATIC = Path(__file__).with_name("static")


def add_site(folder: Path, current: Path) -> None:
    """Writes the pages of a version; if that fails, says so, and the tables go without them.

    Who reads tables is not to wait for pages, and pages of another day's tables are worse than
    none: so what there is of them is removed.

    Args:
        folder: Of the version, with its marts in it.
        current: The version before; not needed.
    """
    try:
        write_site(folder)
    except Exception as error:
        shutil.rmtree(folder / SITE, ignore_errors=True)
        progress.details.error(traceback.format_exc())
        progress.warning(
            f"The pages could not be made: {error}. The tables are published without them. "
            "What to do: run again; if it stays, report it with the run's log."
        )


def write_site(folder: Path) -> None:
    """Writes every page of every shop, in every language, below `site` in the folder."""
    site = folder / SITE
    shutil.copytree(_STATIC, site / "static")
    with open_snapshot(folder) as snapshot:
        shops = read_shops(snapshot)
        for shop in shops:
            for path, text in shop_pages(snapshot, shop, shops).items():
                file = site / "shops" / shop.name / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
    (site / "index.html").write_text(
        render("index.html", "en", shops=shops, zh=Speaker("zh")), encoding="utf-8"
    )
