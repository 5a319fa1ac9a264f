"""The table in `docs/`: every mistake, and which tests notice it."""

from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import PurePosixPath

from tests.mutants.mistakes_list import Mistake

_HEAD = """\
# Mistakes that tests notice

`make mutants` makes each of these small mistakes alone in a copy of the checkout, runs the tests
that ought to notice it, and writes this page. The list is `tests/mutants/mistakes/`.

{noticed} of {all} are noticed ({share:.1f} %).
"""


def report(mistakes: list[Mistake], is_noticed: Callable[[Mistake], bool]) -> str:
    """The page, in Markdown; the same for the same list and outcomes."""
    noticed = [one for one in mistakes if is_noticed(one)]
    unnoticed = [one for one in mistakes if not is_noticed(one)]
    share = 100 * len(noticed) / max(len(mistakes), 1)
    lines = [_HEAD.format(noticed=len(noticed), all=len(mistakes), share=share)]
    if unnoticed:
        lines += ["## Not noticed", "", "| mistake | in | why |", "|---|---|---|"]
        lines += [_row(one.mistake, _place(one), one.accepted or "?") for one in unnoticed]
        lines.append("")
    for layer, of_layer in groupby(noticed, key=lambda one: one.layer):
        lines += [f"## {layer}", "", "| mistake | in | noticed by |", "|---|---|---|"]
        lines += [_row(one.mistake, _place(one), ", ".join(_tests(one))) for one in of_layer]
        lines.append("")
    return "\n".join(lines)


def _place(mistake: Mistake) -> str:
    return f"`{PurePosixPath(mistake.file).name}`"


def _tests(mistake: Mistake) -> Iterator[str]:
    for model in mistake.models:
        yield f"unit tests of `{model}`"
    for test in mistake.pytests:
        file, _, name = test.partition("::")
        yield f"`{name or file.removeprefix('tests/')}`"


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
