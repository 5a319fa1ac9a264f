"""Pictures of Dagster's page for docs/, of the default data: look at them before you commit them.

`portrait ui --port 3001`, and beside it
`.venv/bin/python -m tests.pages.dagster_screenshots http://127.0.0.1:3001`.
"""

import io
import shutil
import sys

from PIL import Image
from playwright.sync_api import sync_playwright

from orchestration.project import Project

# Picture, address, and what is there as soon as it is drawn.
_PICTURES = (
    ("dagster-lineage", "/asset-groups", "8_marts"),
    ("dagster-asset", "/assets/marts/customer_profiles", "The resolved person"),
)
_SIZE = {"width": 1280, "height": 800}
_WIDTH = 800
_SETTLED_MS = 3000


def main(address: str) -> None:
    """Writes each picture into docs/."""
    docs = Project.find().root / "docs"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport=_SIZE)
        for name, path, drawn in _PICTURES:
            page.goto(f"{address}{path}")
            page.get_by_text(drawn).first.wait_for()
            page.wait_for_timeout(_SETTLED_MS)
            image = Image.open(io.BytesIO(page.screenshot()))
            image.thumbnail((_WIDTH, _WIDTH))
            image.save(docs / f"{name}.webp", quality=80, method=6)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
