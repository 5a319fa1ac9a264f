"""Pictures of the pages for the README: `.venv/bin/python -m tests.pages.screenshots .portrait`.

They show the default data, of which the snapshot of the state folder is to be. Look at them before
you commit them.
"""

import io
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from orchestration.project import Project
from orchestration.publishing.reading import open_snapshot
from orchestration.publishing.reports.names import SITE

# Picture, page below a shop's folder, and whether it is dark.
_PICTURES = (
    ("page-overview", "en/overview.html", False),
    ("page-customer", "en/typical-0.html", False),
    ("page-prediction", "zh/prediction-churn.html", True),
)
_SIZE = {"width": 1200, "height": 1080}
_WIDTH = 800


def main(home: Path) -> None:
    """Writes each picture into docs/."""
    docs = Project.find().root / "docs"
    current = home / "published" / "current"
    with open_snapshot(current) as snapshot:
        shop = snapshot.rows("select min(shop) as shop from run_manifest")[0]["shop"]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        # A copy: its address is the same on every machine, and nobody publishes meanwhile.
        site = shutil.copytree(current / SITE, Path(folder) / SITE)
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for name, path, is_dark in _PICTURES:
            page = browser.new_page(viewport=_SIZE, color_scheme="dark" if is_dark else "light")
            page.goto((site / "shops" / shop / path).as_uri())
            image = Image.open(io.BytesIO(page.screenshot()))
            image.thumbnail((_WIDTH, _WIDTH))
            image.save(docs / f"{name}.webp", quality=82, method=6)
            page.close()
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
