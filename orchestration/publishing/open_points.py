"""What each source that is on leaves open: files that no table reads, and unanswered questions.

It is looked at whenever somebody asks for news, and told in every summary until it is settled.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from orchestration.connections.sources import Choice
from orchestration.landing.unread import unread_files
from orchestration.warehouse.held_questions import still_open
from orchestration.warehouse.manifest import SourceSystem
from orchestration.warehouse.questions import Question, question_lines

_SHOWN_FILES = 20


@dataclass(frozen=True)
class OpenPoints:
    """What a source leaves open; `unread` are names of files within its folder."""

    unread: Sequence[str] = ()
    questions: Sequence[Question] = ()

    def lines(
        self, name: str, reasons: Sequence[str], statuses: Mapping[str, int] | None = None
    ) -> list[str]:
        """What is to be told.

        Args:
            name: The source.
            reasons: Those for which rows of it are held back.
            statuses: Statuses that nobody knows, with the rows that wait for them.
        """
        lines = [
            line
            for question in still_open(self.questions, reasons, statuses or {})
            for line in question_lines(name, question)
        ]
        if self.unread:
            more = len(self.unread) - _SHOWN_FILES
            listed = ", ".join(self.unread[:_SHOWN_FILES]) + (
                f" and {more} more" if more > 0 else ""
            )
            lines.append(f"Not read, because no table of {name} names them: {listed}")
        return lines


def look_for_open_points(
    systems: Mapping[str, SourceSystem], choice: Choice
) -> dict[str, OpenPoints]:
    """What the sources that are on leave open, those alone that do."""
    found = {
        name: OpenPoints(unread_files(systems[name], origin), systems[name].questions)
        for name, origin in choice.items()
        if name in systems
    }
    return {name: points for name, points in found.items() if points != OpenPoints((), ())}


def write_open_points(path: Path, points: Mapping[str, OpenPoints]) -> None:
    """Keeps them for the summary."""
    content = {name: asdict(one) for name, one in sorted(points.items())}
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False), encoding="utf-8")


def read_open_points(path: Path) -> dict[str, OpenPoints]:
    """What was kept; nothing where the file is missing or damaged."""
    try:
        return {
            name: OpenPoints(
                tuple(one["unread"]),
                tuple(
                    Question(**{**asked, "evidence": tuple(asked["evidence"])})
                    for asked in one["questions"]
                ),
            )
            for name, one in json.loads(path.read_text(encoding="utf-8")).items()
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}
