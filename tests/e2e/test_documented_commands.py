"""README.md and docs/: what is typed exists, what is asked is answered, what is linked is there.

Commands and queries that need the portraits of the default data are run in
test_default_source.py, which has made them: a second file would make them a second time.
"""

import ast
import csv
import re
from collections import Counter
from pathlib import Path

import click
import pytest

from orchestration.cli.main import main
from tests.e2e.documents import (
    PAGES,
    PORTRAIT,
    ROOT,
    anchors,
    arguments,
    blocks,
    links,
)

# What is written in blocks, by label: `sh` is run or parsed, `sql` and `python` are run.
LABELS = {"sh", "sql", "python", "console", "yaml", "jinja", "ini", "dockerfile", "text", "diff"}
# What a page makes itself: a source, a prediction.
PRETENDED = ("my_till", "big_spend")
# Commands that no test can run, by their first word. To add one here is to say so.
NOT_RUN = {
    "make": 10,
    "sudo": 6,
    "docker": 3,
    "portrait": 2,
    "cd": 4,
    "dbt": 1,
    "export": 3,
    "mf": 4,
    "pip": 2,
    "superset": 6,
    "curl": 5,
    "duckdb": 2,
    "git": 1,
    "python": 1,
    "python3": 2,
    "journalctl": 1,
    "ssh": 1,
    "sudoedit": 1,
}


def first_word(command: str) -> str:
    return Path(arguments(command)[0]).name


def check_arguments(command: str) -> None:
    """Lets click read a `portrait` command, and does not run it."""
    context, words = click.Context(main), arguments(command)[1:]
    group: click.Command = main
    while isinstance(group, click.Group):
        _, group, words = group.resolve_command(context, words)  # type: ignore[assignment]
        context = click.Context(group, parent=context)
    group.make_context(group.name, words, parent=context)


def test_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 150


def test_every_block_says_what_it_is() -> None:
    assert {block.label for block in blocks()} <= LABELS


@pytest.mark.parametrize(
    "command",
    sorted({command for block in blocks("sh", "console") for command in block.commands}),
)
def test_every_command_exists(command: str) -> None:
    if PORTRAIT in command:
        check_arguments(command[command.index(PORTRAIT) :])
    if found := re.search(r"\bmake ([a-z.]\S*)", command):
        assert re.search(rf"^{re.escape(found[1])}:", (ROOT / "Makefile").read_text(), re.M)
    if found := re.search(r"\.venv/bin/python -m ([\w.]+)", command):
        module = ROOT.joinpath(*found[1].split("."))
        assert module.with_suffix(".py").exists() or (module / "__main__.py").exists()


def test_what_cannot_be_run_is_counted() -> None:
    commands = [command for block in blocks("console") for command in block.commands]
    assert Counter(map(first_word, commands)) == NOT_RUN
    # A command of `portrait` stands in a block `sh`, if it needs neither a server nor an account.
    for command in commands:
        if PORTRAIT in command:
            assert "source add erp" in command or command.startswith("sudo -u portrait ")


@pytest.mark.parametrize(
    "page",
    [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "DECISIONS.md"],
    ids=lambda page: page.name,
)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in links(page):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        linked = (page.parent / name).resolve() if name else page
        assert linked.is_relative_to(ROOT) and linked.exists(), target
        if anchor:
            assert anchor in anchors(linked), target


def test_every_page_is_linked_from_the_readme() -> None:
    linked = {target.partition("#")[0] for target in links(ROOT / "README.md")}
    assert {f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")} <= linked


def test_every_file_that_is_named_is_there() -> None:
    roots = [ROOT, ROOT / "dbt_project"]
    folders = r"dbt_project|docs|orchestration|models|seeds|bench|ml|tests"
    named = re.compile(rf"`((?:{folders})/[\w/.-]+)`")
    for page in PAGES:
        for name in named.findall(page.read_text()):
            if not any(pretended in name for pretended in PRETENDED):
                assert any((root / name).exists() for root in roots), f"{page.name}: {name}"


def test_rfm_segments_of_the_glossary_are_the_rules() -> None:
    def span(least: str, most: str) -> str:
        ends = least or "1", most or "5"
        return "any" if ends == ("1", "5") else ends[0] if len(set(ends)) == 1 else "–".join(ends)

    def silence(least: str, below: str) -> str:
        if least and below:
            return f"{least} to {below}"
        return f"from {least}" if least else f"below {below}" if below else "any"

    with (ROOT / "dbt_project" / "seeds" / "rfm_segment_rules.csv").open(newline="") as file:
        rules = [
            [
                rule["rfm_segment"],
                silence(rule["min_silence_ratio"], rule["below_silence_ratio"]),
                *(
                    span(rule[f"min_{score}_score"], rule[f"max_{score}_score"])
                    for score in ("recency", "frequency", "monetary")
                ),
                rule["meaning"],
            ]
            for rule in csv.DictReader(file)
        ]
    shown = (ROOT / "docs" / "glossary.md").read_text()
    assert "\n".join(f"| {' | '.join(rule)} |" for rule in rules) in shown


def test_every_message_in_troubleshooting_is_one_of_the_code() -> None:
    code = [
        node
        for file in (ROOT / "orchestration").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
    ]
    errors = {"PortraitError"} | {
        node.name
        for node in code
        if isinstance(node, ast.ClassDef) and "PortraitError" in map(ast.unparse, node.bases)
    }
    messages = {
        _with_gaps(node.args[0])
        for node in code
        if isinstance(node, ast.Call) and ast.unparse(node.func) in errors and node.args
    }
    page = (ROOT / "docs" / "troubleshooting.md").read_text()
    shown = re.findall(r"^\| `([^`]+)` \|", page, re.M)
    assert len(shown) > 50
    assert set(shown) <= messages


def _with_gaps(text: ast.expr) -> str:
    """A message of the code, with `…` for what is put in."""
    if isinstance(text, ast.Constant):
        return str(text.value)
    if isinstance(text, ast.JoinedStr):
        return "".join(_with_gaps(part) for part in text.values)
    return "…"
