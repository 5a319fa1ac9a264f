"""dbt's documentation as one page that needs no server.

`dbt docs generate --static` puts its JSON into a script element as it is: a column that a file
calls `</script>…` would end the element and run as a script of the page.
"""

from pathlib import Path

from dbt.cli.main import dbtRunner

from orchestration.errors import PortraitError
from orchestration.project import Project
from orchestration.quoting import json_in_html
from orchestration.warehouse.dbt_in_process import close_warehouse, folder_options

# What dbt's own page has in place of the two documents.
_PLACES = {
    '"MANIFEST.JSON INLINE DATA"': "manifest.json",
    '"CATALOG.JSON INLINE DATA"': "catalog.json",
}


def write_docs_page(project: Project) -> Path:
    """Writes the page with every model, column and test.

    Args:
        project: The entered project, whose run lock is held.

    Raises:
        PortraitError: dbt could not describe the warehouse.
    """
    quiet = ("--log-level", "none", "--no-use-colors", "--no-use-colors-file")
    outcome = dbtRunner().invoke([*quiet, "docs", "generate", *folder_options(project)])
    close_warehouse()
    if not outcome.success:
        raise PortraitError(
            f"The documentation cannot be written: {outcome.exception}",
            "Make the portraits first (make run), and see that the dbt project has no error.",
        )
    page = (project.dbt_target / "index.html").read_text(encoding="utf-8")
    for place, document in _PLACES.items():
        text = (project.dbt_target / document).read_text(encoding="utf-8")
        page = page.replace(place, json_in_html(text))
    project.docs_page.write_text(page, encoding="utf-8")
    return project.docs_page
