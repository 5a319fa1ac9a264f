"""`portrait serve`, `portrait keys`, and what docs/api.md shows, typed as it stands there."""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from orchestration.cli.main import main
from orchestration.project import Project
from tests.serving.served_shop import publish

PAGE = (Project.find().root / "docs" / "api.md").read_text()
PORTRAIT = "from orchestration.cli.main import main; main()"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PORTRAIT_HOME", str(tmp_path / "home"))
    publish(tmp_path / "home" / "published")
    return tmp_path / "home"


def portrait(*arguments: str) -> str:
    told = CliRunner().invoke(main, arguments)
    assert told.exit_code == 0, told.output
    return told.stdout


def test_keys_are_made_listed_and_removed(home: Path) -> None:
    assert "no key" in portrait("keys", "list")
    key = portrait("keys", "add", "web_shop", "--scope", "personal").strip()
    assert re.fullmatch(r"prt_[0-9a-f]{8}_\S{43}", key)
    (listed,) = json.loads(portrait("keys", "list", "--json"))
    assert (listed["name"], listed["scope"]) == ("web_shop", "personal")
    assert set(listed) == {"name", "scope", "added_at"}
    assert oct((home / "api_keys.json").stat().st_mode & 0o777) == "0o600"
    assert "removed" in portrait("keys", "remove", "web_shop")


@pytest.mark.parametrize("arguments", [("serve", "--host", "0.0.0.0"), ("keys", "remove", "x")])
def test_what_is_wrong_is_said_in_two_lines(home: Path, arguments: tuple[str, ...]) -> None:
    told = CliRunner().invoke(main, arguments)
    assert told.exit_code == 2
    assert "Traceback" not in told.output and "what to do" in told.output


@contextmanager
def served(home: Path) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """The command as it runs, and its port."""
    process = subprocess.Popen(
        [sys.executable, "-c", PORTRAIT, "serve", "--port", "0"],
        env={**os.environ, "PORTRAIT_HOME": str(home)},
        cwd=Project.find().root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr
        said = process.stderr.readline()
        found = re.fullmatch(
            r"The API answers at http://127.0.0.1:(\d+)/v1, .*/pages/; stop .*\n", said
        )
        assert found, said + process.stderr.read()
        yield int(found[1]), process
    finally:
        process.kill()
        process.communicate()


def test_a_port_that_is_taken_is_said(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        told = CliRunner().invoke(main, ["serve", "--port", str(taken.getsockname()[1])])
    assert told.exit_code == 2
    assert "cannot listen at 127.0.0.1" in told.output and "--port 8001" in told.output


def test_what_the_page_shows_is_answered(home: Path) -> None:
    """Only the names of the default data are put right for the small shops."""
    shown = [
        line
        for block in re.findall(r"```console\n(.*?)```", PAGE, re.S)
        for line in block.replace("\\\n", " ").splitlines()
        if line.startswith("curl ")
    ]
    assert len(shown) > 4
    key = portrait("keys", "add", "web_shop").strip()
    with served(home) as (port, process):
        for line in shown:
            line = line.replace("completejourney:1082185", "s:tea")
            line = line.replace("completejourney:1", "s:1").replace("8000", str(port))
            words = [word.replace("$KEY", key) for word in shlex.split(line, comments=True)]
            asked = subprocess.run([*words, "--fail"], capture_output=True, text=True)
            assert asked.returncode == 0, (line, asked.stderr)
            assert json.loads(asked.stdout)
        process.send_signal(signal.SIGINT)
        said, warned = process.communicate(timeout=20)
    assert len(said.splitlines()) >= len(shown)
    assert all(json.loads(line)["status"] == 200 for line in said.splitlines())
    assert warned.splitlines() == ["The API is closed."]
    assert process.returncode == 0
