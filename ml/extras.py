"""Libraries that are not installed unless somebody asks for them: which extra brings which."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec

EXTRAS: Mapping[str, str] = {
    "catboost": "boosting",
    "implicit": "als",
    "lightgbm": "boosting",
    "pymc_marketing": "bayes",
    "torch": "deep",
}
"""The extra of pyproject.toml that installs each library, by the name it is imported by."""


def is_installed(library: str) -> bool:
    """Whether a library is there, without importing it."""
    return find_spec(library) is not None


def install_command(library: str) -> str:
    """What installs a library of EXTRAS."""
    return f".venv/bin/pip install -e '.[{EXTRAS[library]}]'"


@contextmanager
def importing(library: str, needed_by: str) -> Iterator[None]:
    """Says which extra is missing where what is imported within is not installed.

    Args:
        library: Of EXTRAS.
        needed_by: What cannot be done without it, as a sentence begins.

    Raises:
        ModuleNotFoundError: It is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"{needed_by} the library {library}: {install_command(library)}", name=error.name
        ) from error
