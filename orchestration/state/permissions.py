"""Who may read the state folder: its user alone, and what is published whoever the user says.

Rights are said as umasks: the digits of PORTRAIT_UMASK and PORTRAIT_PUBLISHED_UMASK take them away
from the user, the group and everybody else. The first holds for the whole process and, because a
umask is inherited, for every process that it starts; the second for `published/` alone.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from orchestration.errors import PortraitError

_STATE, _PUBLISHED = "PORTRAIT_UMASK", "PORTRAIT_PUBLISHED_UMASK"
_FOLDER, _FILE = 0o777, 0o666
# To pass through a folder without seeing what is in it.
_TRAVERSE = 0o111

_users_umask: int | None = None


def take_umask() -> None:
    """From now on what this process and its children write is for the user alone.

    Raises:
        PortraitError: PORTRAIT_UMASK is no umask.
    """
    global _users_umask
    state = _state_umask()
    before = os.umask(state)
    if before != state:
        _users_umask = before


@contextmanager
def users_umask() -> Iterator[None]:
    """What is written inside, in the checkout or where the user said, has the user's own modes."""
    before = os.umask(0o077)
    os.umask(before if _users_umask is None else _users_umask)
    try:
        yield
    finally:
        os.umask(before)


def close_home(home: Path, published: Path) -> None:
    """Takes from an older state folder the rights that nobody is to have.

    Where others may read what is published, they may pass through the folder, and see nothing else.

    Args:
        home: The state folder.
        published: The folder in it whose modes are its own.

    Raises:
        PortraitError: Something in it belongs to somebody else, and others may read it.
    """
    state = _state_umask()
    mode = _mode(home)
    if not mode & stat.S_ISVTX:  # Others work in such a folder too, as in /tmp.
        _change(home, mode & ~state | _TRAVERSE & ~_published_umask())
    for inner in home.iterdir():
        if inner != published and not inner.is_symlink():
            with suppress(FileNotFoundError):  # Another process has just removed it.
                _change(inner, _mode(inner) & ~state)


def share(folder: Path) -> None:
    """Gives a published folder, and all in it, the modes of what is published.

    Raises:
        PortraitError: PORTRAIT_PUBLISHED_UMASK is no umask, or a folder belongs to somebody else.
    """
    shared = _published_umask()
    # Inner ones first: an outer one that has its mode says that they have theirs.
    for path, folders, files in os.walk(folder, topdown=False):
        for name in files:
            _change(Path(path, name), _FILE & ~shared)
        for name in folders:
            _change(Path(path, name), _FOLDER & ~shared)
    _change(folder, _FOLDER & ~shared)


def share_published(root: Path, published: Path) -> None:
    """Gives everything published its modes, if they are others than before.

    Args:
        root: The folder of everything published.
        published: The folder below it, or itself, to which a run publishes.

    Raises:
        PortraitError: PORTRAIT_PUBLISHED_UMASK is no umask, or a folder belongs to somebody else.
    """
    shared = _published_umask()
    if not published.is_dir():
        return
    if _mode(root) != _FOLDER & ~shared:
        share(root)
    while published != root:
        _change(published, _FOLDER & ~shared)
        published = published.parent


def _state_umask() -> int:
    return _umask(_STATE, "077")


def _published_umask() -> int:
    return _umask(_PUBLISHED, f"{_state_umask():o}")


def _umask(name: str, default: str) -> int:
    text = os.environ.get(name) or default
    try:
        umask = int(text, 8)
    except ValueError:
        umask = -1
    if not 0 <= umask <= 0o077:
        raise PortraitError(
            f"{name}={text} is no umask that leaves the user's own rights.",
            "Write three octal digits: 077 for the user alone, 027 for the group too, 022 for all.",
        )
    return umask


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _change(path: Path, mode: int) -> None:
    try:
        if not path.is_symlink() and _mode(path) != mode:
            path.chmod(mode)
    except FileNotFoundError:
        pass  # Another process has just removed it.
    except PermissionError as error:
        raise PortraitError(
            f"{path} should have the mode {mode:o}, and belongs to somebody else.",
            f"Have its owner change it, or say who may read the folder: export {_STATE}=022.",
        ) from error
