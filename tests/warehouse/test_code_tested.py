"""What tests of code are noted with."""

from pathlib import Path

from orchestration.project import Project
from orchestration.warehouse.dbt_in_process import code_before_parsing


def test_it_changes_with_the_dbt_project_once_a_process(tmp_path: Path) -> None:
    project = Project(tmp_path, tmp_path / "home")
    macro = project.dbt_project / "macros" / "engine" / "a.sql"
    macro.parent.mkdir(parents=True)
    macro.write_text("{% macro a() %} 1 {% endmacro %}")
    before = code_before_parsing(project)
    macro.write_text("{% macro a() %} 2 {% endmacro %}")
    assert code_before_parsing(project) == before, "what is built was parsed before"
    code_before_parsing.cache_clear()
    assert code_before_parsing(project) != before
