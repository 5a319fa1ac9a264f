"""Secrets of a declared source: `${NAME}` filled in from the environment, and kept out of texts."""

import base64
import html
import json
import logging
import os
import re
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any
from urllib.parse import quote

from orchestration.connections.clear_text import PLACEHOLDER, secret_values
from orchestration.errors import PortraitError

# Shorter values are struck out only where they stand alone, or half of every message would go.
_SHORTEST_ANYWHERE = 4
# What these log on their way holds whole URLs; what matters comes back as errors.
_TALKATIVE = ("dlt", "urllib3", "sqlalchemy", "fsspec", "aiohttp", "asyncio")


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
            return PLACEHOLDER.sub(lambda match: self._value(match[1]), settings)
        return settings

    def fill_url(self, url: str) -> str:
        """A URL with every `${NAME}` replaced; a value below a whole URL is percent-encoded."""
        if PLACEHOLDER.fullmatch(url):
            return str(self.fill(url))
        return PLACEHOLDER.sub(lambda match: quote(self._value(match[1]), safe=""), url)

    def strike_out(self, text: str) -> str:
        """The text with `***` for every secret that was filled in, however it is written there."""
        for value in sorted(self._values, key=len, reverse=True):
            text = _spelled(value).sub("***", text)
        return text

    @contextmanager
    def kept(self, told: Callable[[Exception], PortraitError]) -> Iterator[None]:
        """Whatever goes wrong inside leaves as a PortraitError without secrets, nor does a log say.

        An exception of a library holds URLs and headers in its message, in its cause, and in what
        that came from, and Dagster writes down all of them. So what led to the error goes on as
        text alone, struck out.

        Args:
            told: Says in one sentence what a library has raised.

        Raises:
            PortraitError: Something went wrong.
        """
        try:
            with _silence():
                yield
        except PortraitError as error:
            cause = error.__cause__
            raise self._struck(error) from cause if isinstance(cause, _StruckOutError) else None
        except Exception as error:
            story = _StruckOutError(self.strike_out("".join(traceback.format_exception(error))))
            raise self._struck(told(error)) from story
        except BaseException as error:
            error.__cause__ = error.__context__ = None
            raise

    def _struck(self, error: PortraitError) -> PortraitError:
        return PortraitError(self.strike_out(error.message), self.strike_out(error.hint))

    def _value(self, name: str) -> str:
        value = self._environment.get(name)
        if value is None:
            raise PortraitError(
                f"{self._source} needs the environment variable {name}.",
                f"Set it and run again: export {name}=…",
            )
        # The variable may hold a whole URL or `Bearer …`, of which messages quote a part.
        parts = (value, value.split(" ")[-1], *secret_values(value))
        self._values.update(filter(str.strip, parts))
        return value


class _StruckOutError(Exception):
    """What led to an error, as text without secrets."""


@contextmanager
def _silence() -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in _TALKATIVE]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


@cache
def _spelled(value: str) -> re.Pattern[str]:
    """Finds a value as it is, and as URLs, JSON, HTML, Python and Basic authentication write it."""
    pattern = "".join(map(_spelled_character, value))
    if len(value) < _SHORTEST_ANYWHERE:
        return re.compile(rf"(?<![A-Za-z0-9]){pattern}(?![A-Za-z0-9])")
    return re.compile("|".join([pattern, *map(re.escape, _in_base64(value))]))


def _spelled_character(character: str) -> str:
    if character.isascii() and character.isalnum():
        return character
    encoded = character.encode("utf-8", "surrogateescape")
    spellings = {
        re.escape(character),
        re.escape(json.dumps(character)[1:-1]).replace(r"\\", r"\\+"),  # JSON within JSON, too.
        re.escape(html.escape(character)),
        "".join(rf"%(?:25)*(?i:{byte:02x})" for byte in encoded),
        "".join(rf"\\+x{byte:02x}" for byte in encoded),
    }
    if character in "\\'\"/":
        spellings.add(rf"\\*{re.escape(character)}")
    if character.isspace():
        spellings |= {r"\s+", r"\+", re.escape(repr(character)[1:-1])}
    return f"(?:{'|'.join(sorted(spellings, key=len, reverse=True))})"


def _in_base64(value: str) -> Iterator[str]:
    """What base64 makes of a value wherever it begins in the text; its edges depend on others."""
    encoded = value.encode("utf-8", "surrogateescape")
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + encoded + b"\0" * (-(before + len(encoded)) % 3))
        first = -(-8 * before // 6)
        last = 8 * (before + len(encoded)) // 6
        piece = whole.decode()[first:last]
        yield piece
        yield piece.translate(str.maketrans("+/", "-_"))
