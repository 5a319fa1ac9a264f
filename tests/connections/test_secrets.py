"""A secret that was filled in leaves in no message, no cause and no log."""

import base64
import html
import json
import logging
import traceback
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.connections.secrets import Secrets
from orchestration.errors import PortraitError

SECRET = "p@ss w/ü%'\"\\<&+rd"


def filled(value: str) -> Secrets:
    secrets = Secrets("shop", {"PW": value})
    secrets.fill("Bearer ${PW}")
    return secrets


@pytest.mark.parametrize(
    "written",
    [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        quote(SECRET, safe="!#$%&'()*+,/:;=?@[]~"),
        quote_plus(SECRET),
        quote(quote(SECRET, safe=""), safe=""),
        quote(SECRET, safe="").lower(),
        json.dumps(SECRET),
        json.dumps(SECRET, ensure_ascii=False),
        json.dumps(json.dumps(SECRET)),
        repr(SECRET),
        repr(SECRET.encode()),
        html.escape(SECRET),
        SECRET.replace(" ", "\n"),
    ],
)
def test_a_secret_is_struck_out_however_it_is_written(written: str) -> None:
    told = filled(SECRET).strike_out(f"GET https://host/{written}/x?y")
    assert told.replace('"', "").replace("'", "").replace("\\", "") in (
        "GET https://host/***/x?y",
        "GET https://host/b***/x?y",
    )


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip))
def test_any_text_is_struck_out_as_it_is_and_in_urls(value: str) -> None:
    secrets = filled(value)
    for written in (value, quote(value, safe=""), quote_plus(value)):
        assert secrets.strike_out(f"<{written}>").count("***") == 1


@pytest.mark.parametrize("user", ["a", "ab", "abc"])
def test_basic_authentication_is_struck_out(user: str) -> None:
    header = base64.b64encode(f"{user}:hunter2-ü".encode()).decode()
    told = filled("hunter2-ü").strike_out(f"Authorization: Basic {header}")
    assert "***" in told
    assert base64.b64encode(b"hunter2")[:8].decode() not in told
    assert len(told) < len("Authorization: Basic ") + 14


def test_a_short_secret_is_struck_out_where_it_stands_alone() -> None:
    told = filled("x1").strike_out("https://ann:x1@host/x10?token=x1&ax1=2")
    assert told == "https://ann:***@host/x10?token=***&ax1=2"
    assert filled(" ").strike_out("a b") == "a b"


@pytest.mark.parametrize(
    ("value", "part"),
    [
        ("postgresql://ann:s%40cret-1@db/x?sslpassword=s%40cret-1", "s@cret-1"),
        ("DRIVER={x};UID=ann;PWD=s@cret-1", "s@cret-1"),
        ("https://host/x?X-Amz-Signature=s@cret-1", "s@cret-1"),
        ("Bearer s@cret-1", "s@cret-1"),
    ],
)
def test_of_a_longer_value_the_secret_in_it_is_struck_out_too(value: str, part: str) -> None:
    assert filled(value).strike_out(f"no {part} here") == "no *** here"


def test_what_a_library_raises_goes_on_without_secrets(caplog: pytest.LogCaptureFixture) -> None:
    secret = "-".join(["hunter2", "x"])  # Tracebacks quote lines of code.
    secrets = filled(secret)
    with pytest.raises(PortraitError) as error:  # noqa: SIM117
        with secrets.kept(lambda cause: PortraitError(f"no: {cause}", f"look at {secret}")):
            logging.getLogger("urllib3.connection").warning(secret)
            try:
                raise ValueError(secret)
            except ValueError as cause:
                raise RuntimeError(f"at https://host/?t={secret}") from cause
    assert str(error.value) == "no: at https://host/?t=***"
    assert error.value.hint == "look at ***"
    told = "".join(traceback.format_exception(error.value))
    assert secret not in told and not caplog.records
    assert "RuntimeError: at https://host/?t=***" in told and "ValueError: ***" in told
    assert logging.getLogger("urllib3").level == logging.NOTSET


def test_an_error_of_ours_goes_on_without_what_led_to_it() -> None:
    secret = "-".join(["hunter2", "x"])
    with pytest.raises(PortraitError) as error:  # noqa: SIM117
        with filled(secret).kept(lambda cause: PortraitError("never", "")):
            try:
                raise ValueError(secret)
            except ValueError as cause:
                raise PortraitError(f"the table {secret}", "") from cause
    told = "".join(traceback.format_exception(error.value))
    assert secret not in told and "the table ***" in told


def test_an_interruption_goes_on_without_what_it_interrupted() -> None:
    secret = "-".join(["hunter2", "x"])
    with pytest.raises(KeyboardInterrupt) as error:  # noqa: SIM117
        with filled(secret).kept(lambda cause: PortraitError("never", "")):
            try:
                raise ValueError(secret)
            except ValueError as cause:
                raise KeyboardInterrupt from cause
    assert secret not in "".join(traceback.format_exception(error.value))
