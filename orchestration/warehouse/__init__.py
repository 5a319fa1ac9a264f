"""The working DuckDB file and the dbt project: opened, built, described, as plain SQL."""
