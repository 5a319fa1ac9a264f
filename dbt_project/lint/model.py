"""Stands in for dbt's `model` while sqlfluff lints without a project."""

columns: dict[str, object] = {}
