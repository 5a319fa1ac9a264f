"""Copies of this checkout that a test may change."""

import shutil
from pathlib import Path

from orchestration.project import Project

ROOT = Project.find().root


def copy_dbt_project(folder: Path) -> Project:
    """A checkout whose dbt project is a copy, with an empty state folder."""
    root, home = folder / "portrait", folder / "home"
    ignored = shutil.ignore_patterns("target", "logs")
    shutil.copytree(ROOT / "dbt_project", root / "dbt_project", ignore=ignored)
    shutil.copy(ROOT / "dagster.yaml", root)
    project = Project(root, home)
    for made in (project.home, project.own):
        made.mkdir()
    return project


def copy_checkout(folder: Path) -> Path:
    """A copy of the checkout as git knows it: no environment, no results, no caches."""
    root = folder / "portrait"
    ignored = shutil.ignore_patterns(
        ".venv", ".git", ".portrait", "target", "__pycache__", ".*_cache"
    )
    shutil.copytree(ROOT, root, ignore=ignored)
    return root
