"""Where one begins to look, and a page of one customer written for whoever asks."""

from pathlib import Path

from orchestration.errors import PortraitError
from orchestration.pages.customer import page_name, read_customer, render_customer
from orchestration.pages.words import LANGUAGES
from orchestration.publishing.reading import Snapshot, open_snapshot
from orchestration.publishing.reports.names import SITE


def first_page(current: Path, day: str = "") -> Path:
    """The page that leads to all others.

    Args:
        current: The link to the published version.
        day: The past day that it is of, for the message.

    Raises:
        PortraitError: Nothing has been published yet, or the version has no pages.
    """
    with open_snapshot(current, day):
        page = current / SITE / "index.html"
    if not page.exists():
        raise PortraitError(
            "What is published has no pages: older code made it, or they could not be made.",
            "Make them: portrait run --force",
        )
    return page


def write_customer_pages(snapshot: Snapshot, customer_id: str, folder: Path) -> dict[str, Path]:
    """Writes the page of a customer in every language, each with a link to the other.

    Args:
        snapshot: The open snapshot.
        customer_id: As `Snapshot.profile` takes it.
        folder: Where to.

    Returns:
        The files by language.

    Raises:
        PortraitError: As `customer_page`; or a file cannot be written.
    """
    known = read_customer(snapshot, customer_id)
    name = page_name(known.person.customer_id)
    files = {language: folder / f"{name}.{language}.html" for language in LANGUAGES}
    for language, file in files.items():
        others = {one: path.name for one, path in files.items() if one != language}
        write_page(file, render_customer(known, language, others))
    return files


def write_page(file: Path, text: str) -> None:
    """Writes a page that its owner alone may read: it holds what is known of a person.

    Raises:
        PortraitError: The file cannot be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise PortraitError(
            f"{file} cannot be written: {error.strerror or error}.",
            "Name a file in a folder that you may write to.",
        ) from error
