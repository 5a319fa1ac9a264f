"""The parsed dbt project, kept outside the state folders.

dbt keeps one in its target folder, and throws it away when the path of the database differs: every
new state folder would parse the whole project again, five seconds of CPU. Nothing that is parsed
depends on that path.
"""

import json
import sys
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from dbt.artifacts.resources.base import FileHash
from dbt.contracts.graph.manifest import Manifest as ParsedManifest
from dbt.parser.manifest import extended_mashumaro_encoder, extended_mashumuro_decoder

from orchestration.code_digest import hash_code
from orchestration.project import Project
from orchestration.state.kept_files import keep, read_kept

_PARSERS = ("dbt-core", "dbt-common", "dbt-adapters", "dbt-duckdb")


def made_from(project: Project, variables: Mapping[str, Any]) -> str:
    """Differs whenever the parsed project may: files, their place, dbt's versions, vars."""
    versions = [f"{package} {version(package)}" for package in _PARSERS]
    parts = [
        hash_code([project.dbt_project]),
        str(project.dbt_project),  # Seeds know where they lie.
        project.warehouse.stem,  # dbt's name for the database.
        *versions,
        sys.version,
    ]
    return json.dumps([*parts, dict(variables)], sort_keys=True)


def read_parsed(project: Project, made_from: str) -> ParsedManifest | None:
    """The project as it was parsed from this before; None where it has to be parsed."""
    content = read_kept(project.cache, made_from) if project.cache else None
    if content is None:
        return None
    try:
        manifest = ParsedManifest.from_msgpack(content, decoder=extended_mashumuro_decoder)
    except Exception:  # Whatever dbt cannot read it parses again.
        return None
    manifest.build_flat_graph()  # type: ignore[no-untyped-call]
    return manifest


def keep_parsed(project: Project, made_from: str, manifest: ParsedManifest) -> None:
    """Keeps what dbt has just parsed, unless the environment had a part in it."""
    if project.cache and not _depends_on_environment(manifest):
        content = manifest.to_msgpack(extended_mashumaro_encoder)
        keep(project.cache, made_from, content)


def _depends_on_environment(manifest: ParsedManifest) -> bool:
    """Whether a file of the project calls env_var; of the profile only the database does."""
    in_settings = manifest.state_check.project_env_vars_hash
    return bool(manifest.env_vars) or in_settings != FileHash.from_contents("")
