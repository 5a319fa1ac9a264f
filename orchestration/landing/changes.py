"""What has changed between the files that a raw table holds and those that are there now."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Changes:
    """Names of files, by what is to be done about their rows.

    Attributes:
        kept: Nothing.
        renamed: Old name → new name: the rows get the new one.
        added: They are read.
        removed: Their rows go.
    """

    kept: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.renamed or self.added or self.removed)


def compare(held: Mapping[str, str], wanted: Mapping[str, str]) -> Changes:
    """Compares files by name and content.

    A file that has gone and another with the same content that has come are one file, renamed. A
    changed file is removed and added. Several files with the same content are several files.

    Args:
        held: Name → content (any text that stands for it) of the files whose rows are held.
        wanted: The same of the files that are there.
    """
    kept = {name: None for name in wanted if held.get(name) == wanted[name]}
    gone: dict[str, list[str]] = {}
    for name in sorted(held.keys() - kept.keys(), reverse=True):
        gone.setdefault(held[name], []).append(name)
    renamed, added = {}, []
    for name in (name for name in wanted if name not in kept):
        if gone.get(wanted[name]):
            renamed[gone[wanted[name]].pop()] = name
        else:
            added.append(name)
    removed = sorted(name for names in gone.values() for name in names)
    return Changes(tuple(kept), renamed, tuple(added), tuple(removed))
