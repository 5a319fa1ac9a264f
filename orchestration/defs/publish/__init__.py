"""The snapshot that everybody else reads."""
