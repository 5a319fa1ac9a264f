"""The `portrait` command: parses, calls and prints, a file a group of commands."""
