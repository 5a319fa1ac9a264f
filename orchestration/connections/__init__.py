"""Databases and web APIs as sources: declared in sources.yml, pulled with dlt."""
