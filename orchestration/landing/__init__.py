"""Files, and what was pulled, to raw tables: nothing is lost, and nothing is guessed."""
