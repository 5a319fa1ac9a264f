"""Groups of the `portrait` command."""
