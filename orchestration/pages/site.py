"""The pages of a version as files that a browser opens from a disk: no server, no network."""

import shutil
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from orchestration import progress
from orchestration.pages.asking import ask
from orchestration.pages.lists import customers, read_lists
from orchestration.pages.models import model, read_model
from orchestration.pages.overview import SCORES, overview, read_overview
from orchestration.pages.rendering import render
from orchestration.pages.shops import Shop, read_shops
from orchestration.pages.tables import read_tables
from orchestration.pages.words import LANGUAGES, Speaker
from orchestration.publishing.reading import Snapshot, open_snapshot
from orchestration.publishing.reports.names import SITE

_STATIC = Path(__file__).with_name("static")
_UP = "../../.."
# Files of the menu with what they are called.
_MENU = (
    *(("overview", "overview"), ("predictions", "predictions"), ("customers", "customers")),
    ("tables", "tables"),
)


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


def shop_pages(snapshot: Snapshot, shop: Shop, shops: list[Shop]) -> dict[str, str]:
    """The pages of a shop by their path below its folder."""
    read = read_overview(snapshot, shop.name)
    tables = read_tables(snapshot)
    lists = read_lists(snapshot, shop.name)
    pages = {one.file: one.script() for one in lists}
    predictions = ask(snapshot, "model.all", shop.name)
    models = {
        row["prediction"]: read_model(snapshot, shop.name, row["prediction"])
        for row in predictions.rows
    }
    for language in LANGUAGES:
        say = Speaker(language)
        frame = {
            "shop": shop,
            "shops": shops,
            "tags": shop.tags(language),
            "up": _UP,
            "menu": _MENU,
            "scores": SCORES,
            "currency": read["figures"].row["currency"],
        }
        contexts: dict[str, Mapping[str, Any]] = {
            "overview": overview(read, say),
            "predictions": {"all": predictions},
            **{
                f"prediction-{row['prediction']}": model(
                    models[row["prediction"]], row, shop.name, say
                )
                for row in predictions.rows
            },
            "customers": customers(lists, shop, language),
            "tables": {"tables": tables},
        }
        for name, context in contexts.items():
            here = f"{name}.html"
            template = f"{name.partition('-')[0]}.html"
            pages[f"{language}/{here}"] = render(template, language, here=here, **frame, **context)
    return pages
