"""Secrets of a declared source: `${NAME}` filled in from the environment, and kept out of texts."""

import os
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

from orchestration.errors import PortraitError

_PASSWORD_IN_URL = re.compile(r"(?P<before>[^:/]+://[^:@/]*):(?P<password>[^@]*)@")
_PLACEHOLDER = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
# Shorter values would blank out half of every message, and are no secrets.
_SHORTEST_SECRET = 4


def without_password(source: str, url: str) -> tuple[str, str | None]:
    """A database URL with a placeholder for its password, and the variable that is to hold it.

    Args:
        source: The source's name, from which the variable gets its own.
        url: As SQLAlchemy writes it.

    Returns:
        The URL and the variable; None where the URL has no password, or a placeholder already.
    """
    found = _PASSWORD_IN_URL.match(url)
    if found is None or _PLACEHOLDER.fullmatch(found["password"]):
        return url, None
    variable = f"{source.upper()}_PASSWORD"
    return f"{found['before']}:${{{variable}}}@{url[found.end() :]}", variable


def password_of(url: str) -> str:
    """The password in a database URL, decoded; empty where there is none."""
    found = _PASSWORD_IN_URL.match(url)
    return unquote(found["password"]) if found else ""


class Secrets:
    """Fills placeholders, and remembers the values so that they can be struck out of messages."""

    def __init__(self, source: str, environment: Mapping[str, str] | None = None) -> None:
        """Takes the source's name for messages, and the environment (default: the process's)."""
        self._source = source
        self._environment = os.environ if environment is None else environment
        self._values: set[str] = set()

    def fill(self, settings: Any) -> Any:
        """A copy of nested settings with every `${NAME}` replaced.

        Raises:
            PortraitError: The environment has no such variable.
        """
        if isinstance(settings, dict):
            return {key: self.fill(value) for key, value in settings.items()}
        if isinstance(settings, list | tuple):
            return [self.fill(value) for value in settings]
        if isinstance(settings, str):
            return _PLACEHOLDER.sub(lambda match: self._value(match[1]), settings)
        return settings

    def fill_url(self, url: str) -> str:
        """A URL with every `${NAME}` replaced; a value below a whole URL is percent-encoded."""
        if _PLACEHOLDER.fullmatch(url):
            return str(self.fill(url))
        return _PLACEHOLDER.sub(lambda match: quote(self._value(match[1]), safe=""), url)

    def strike_out(self, text: str) -> str:
        """The text with `***` for every secret that was filled in."""
        for value in sorted(self._values, key=len, reverse=True):
            text = text.replace(value, "***").replace(quote(value, safe=""), "***")
        return text

    def _value(self, name: str) -> str:
        value = self._environment.get(name)
        if value is None:
            raise PortraitError(
                f"{self._source} needs the environment variable {name}.",
                f"Set it and run again: export {name}=…",
            )
        if len(value) >= _SHORTEST_SECRET:
            self._values.add(value)
        return value
