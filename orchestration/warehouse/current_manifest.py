"""The manifest of the dbt project as it is now: read where it is current, made where it is not."""

import hashlib
from importlib.metadata import version

from orchestration.code_digest import hash_code
from orchestration.project import Project
from orchestration.warehouse.manifest import Manifest, read_manifest


def current_manifest(project: Project) -> Manifest:
    """The manifest; dbt (1.5 s of CPU to import) is loaded only when the project has changed.

    Raises:
        PortraitError: The dbt project has an error.
    """
    path = project.dbt_target / "manifest.json"
    stamp = project.dbt_target / "manifest.made-from"
    made_from = hash_code([project.dbt_project]) + version("dbt-core") + version("dbt-duckdb")
    made_from = hashlib.sha256(f"{made_from}{project.home}".encode()).hexdigest()
    if not (path.exists() and stamp.exists() and stamp.read_text() == made_from):
        from orchestration.warehouse.dbt_in_process import parse

        parse.cache_clear()
        parse(project).write(str(path))  # type: ignore[no-untyped-call]
        stamp.write_text(made_from)
    return read_manifest(path)
