"""The one kind of error that a user is meant to read."""


class PortraitError(Exception):
    """Something a user can put right.

    Attributes:
        message: One sentence that says what is wrong, with the names that matter.
        hint: What to do about it.
    """

    def __init__(self, message: str, hint: str) -> None:
        """Keeps the two halves apart, so that each face (terminal, Dagster) shows them its way."""
        super().__init__(message)
        self.message = message
        self.hint = hint
