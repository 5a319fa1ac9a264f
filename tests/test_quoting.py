"""Text from data only shows, wherever it is read."""

import io
import json
import logging
import subprocess
from pathlib import Path

import jinja2
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from orchestration import progress
from orchestration.console import make_console, make_table, print_error, showing_progress
from orchestration.errors import PortraitError
from orchestration.quoting import (
    code_span,
    glob_of,
    json_in_html,
    plain_line,
    plain_lines,
    shell_word,
    shortened,
    yaml_flow,
)
from tests.checkouts import ROOT
from tests.hostile import LONG, TERMINAL, VALUES, obeyed_in

anything = st.text() | st.sampled_from(VALUES)


@given(anything)
def test_a_plain_line_is_one_line_that_no_terminal_obeys(text: str) -> None:
    assert not obeyed_in(plain_line(text))
    assert "\n" not in plain_line(text)
    assert plain_line(plain_line(text)) == plain_line(text)
    assert plain_lines(text).count("\n") == text.count("\n")


def test_what_people_write_stays_as_it_is() -> None:
    for text in ("王芳 👩‍👧", "Größe\u3000L", "می\u200cخواهم", "a\u00a0b", r"C:\new"):
        assert plain_line(text) == text
    assert plain_line("caf\udce9.csv") == r"caf\udce9.csv"


@given(anything)
def test_a_code_span_renders_to_itself_however_often(text: str) -> None:
    span = code_span(text)
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
    assert environment.from_string(span).render() == span
    assert span[0] == span[-1] == "`"
    assert not set("`<>\n").intersection(span[1:-1])
    assert len(span) < 1_000


@given(anything)
def test_yaml_gives_back_what_was_written(text: str) -> None:
    assert yaml.safe_load(f"[{yaml_flow(text)}, {{name: {yaml_flow(text)}}}]") == [
        text,
        {"name": text},
    ]


@given(anything)
def test_json_in_a_page_stays_json_and_ends_no_element(text: str) -> None:
    written = json_in_html(json.dumps({text: [text]}))
    assert json.loads(written) == {text: [text]}
    assert "<" not in written


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
def test_a_word_for_the_shell_is_that_word(text: str) -> None:
    command = f"printf %s {shell_word(text)}"
    printed = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert printed.stdout == plain_line(text)


def test_a_glob_of_a_name_finds_that_name(tmp_path: Path) -> None:
    folder = tmp_path
    names = ["{{ a }}.csv", "[b].csv", "c*.csv", "{d,e}.csv", "?.csv"]
    for name in [*names, "d.csv", "cc.csv", "b.csv"]:
        (folder / name).touch()
    for name in names:
        assert [path.name for path in folder.glob(glob_of(name))] == [name]


def printed(*things: object) -> str:
    console = make_console()
    console.file = io.StringIO()
    for thing in things:
        console.print(thing)
    return console.file.getvalue()


@pytest.mark.parametrize("value", VALUES)
def test_a_console_prints_what_it_is_given_and_nothing_acts(value: str) -> None:
    table = make_table(value, "other")
    table.add_row(value, value)
    text = printed(value, table)
    assert not obeyed_in(text)
    assert plain_line(value.split("\n")[0])[:20].rstrip() in text


def test_an_error_is_one_sentence_whose_end_can_be_read(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for value in VALUES:
        error = PortraitError(f"The file {value} is not there.", f"Look for {value}, then run.")
        print_error(make_console(), error)
        message, hint = capsys.readouterr().out.splitlines()
        assert not obeyed_in(message + hint)
        assert message.startswith("error: The file ")
        assert message.endswith(" is not there.")
        assert hint.endswith(", then run.")
        assert len(message) < 3_000


def test_a_log_line_stays_one_line(caplog: pytest.LogCaptureFixture) -> None:
    console = make_console()
    console.file = io.StringIO()
    with showing_progress(console):
        progress.warning(f"{TERMINAL}: %s")
        progress.logger.info("Corrected %s.", LONG + "\nerror: no")
    told = console.file.getvalue().splitlines()
    assert len(told) == 2
    assert told[0] == rf"warning: {plain_line(TERMINAL)}: %s"
    assert len(told[1]) < 3_000
    assert logging.getLogger("portrait").filters


def test_a_shortened_value_says_how_long_it_was() -> None:
    assert shortened("short") == "short"
    assert shortened(LONG) == "9" * 200 + "… (10,000 characters)"


def test_names_for_make_reach_the_command_and_no_shell(tmp_path: Path) -> None:
    folder = tmp_path
    fake = folder / "portrait"
    fake.write_text("#!/bin/sh\nprintf '%s\\n' \"$@\"\n")
    fake.chmod(0o755)
    hostile = f"{folder}/a b\"'$(touch {folder}/acted)`touch {folder}/acted`;touch {folder}/acted"
    told = subprocess.run(
        [
            *("make", "-s", "-o", ".venv/installed", "run"),
            *(f"bin={folder}", "SOURCE=till", f"DATA={hostile}"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.splitlines() == ["run", "--source", f"till={hostile}"]
    assert [path.name for path in folder.iterdir()] == ["portrait"]
