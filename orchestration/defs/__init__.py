"""Dagster definitions, one folder a concern: ingest, warehouse, ml, publish."""
