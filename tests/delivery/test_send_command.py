"""`portrait send` as it is typed."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from orchestration.cli.main import main
from tests.delivery.receiver import Receiver
from tests.delivery.test_delivering import FIRST, SECOND, SECRET, THIRD, publish, receiver

__all__ = ["receiver"]


def send(home: Path, url: str, monkeypatch: pytest.MonkeyPatch, secret: str = SECRET) -> Result:
    monkeypatch.setenv("PORTRAIT_HOME", str(home))
    monkeypatch.setenv("PORTRAIT_WEBHOOK_SECRET", secret)
    return CliRunner().invoke(main, ["send", "--to", url])


def test_it_says_what_was_taken(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path, (FIRST, None, 3))
    told = send(tmp_path, receiver.url, monkeypatch)
    assert told.exit_code == 0, told.output
    assert told.stdout == "Messages taken: 1; changes in them: 3.\n"
    assert "Sending what changed at 2024-01-01 00:00 UTC" in told.stderr
    assert send(tmp_path, receiver.url, monkeypatch).stdout.startswith("Messages taken: 0;")
    publish(tmp_path, (THIRD, SECOND, 1))
    assert "warning: The receiver had come to" in send(tmp_path, receiver.url, monkeypatch).stderr


def test_without_a_secret_it_says_how_to_make_one(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path, (FIRST, None, 1))
    told = send(tmp_path, receiver.url, monkeypatch, secret="")
    assert told.exit_code == 2
    assert "there is no secret" in told.stderr and "openssl rand" in told.stderr
    assert not receiver.requests


def test_before_anything_is_published_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = send(tmp_path, "https://example.org", monkeypatch)
    assert told.exit_code == 2
    assert "Nothing has been published yet" in told.stderr
