"""The Python steps: segments and predictions as Dagster assets."""
