"""Changes of portraits come to a receiver that fails on purpose: all, in order, each once."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from standardwebhooks import Webhook as ReferenceWebhook

from orchestration.delivery import deliver as delivering
from orchestration.delivery.deliver import Delivery
from orchestration.delivery.webhook import Patience, Webhook
from orchestration.errors import PortraitError
from orchestration.publishing.reading import open_snapshot
from orchestration.publishing.versions import new_version
from tests.delivery.receiver import Receiver, receiving

SECRET = f"whsec_{base64.b64encode(b'x' * 32).decode()}"
FIRST, SECOND, THIRD = "2024-01-01 00:00:00", "2024-01-02 00:00:00", "2024-01-03 00:00:00"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as opened:
        yield opened


@pytest.fixture(autouse=True)
def few_in_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivering, "CUSTOMERS", 2)


def publish(folder: Path, *versions: tuple[str, str | None, int]) -> None:
    """A snapshot whose feed has versions: when, against which, of how many customers."""
    with (
        new_version(folder / "published", datetime(2024, 1, 1, tzinfo=UTC)) as version,
        duckdb.connect(version / "marts.duckdb") as connection,
    ):
        connection.execute(
            """
            create table tag_catalog as
            select 's' as shop, unnest(['gender', 'value_tier']) as tag_key,
                unnest(['personal', 'internal']) as sensitivity
            """
        )
        connection.execute(
            """
            create table profile_changes (
                shop varchar, customer_id varchar, as_of_date date, change_kind varchar,
                attribute varchar, old_value varchar, new_value varchar,
                previous_as_of_date date, previous_published_at timestamp, published_at timestamp
            )
            """
        )
        for at, before, customers in versions:
            connection.execute(
                """
                insert into profile_changes
                select 's', 's:顾客' || customer, date '2024-01-01', 'changed', tag_key, null,
                    'high', null, $before::timestamp, $at::timestamp
                from range($customers) as drawn(customer), tag_catalog
                """,
                {"before": before, "at": at, "customers": customers},
            )


def send(folder: Path, receiver: Receiver, tries: int = 3, **more: bool) -> Delivery:
    webhook = Webhook(receiver.url, SECRET, Patience(tries, 0))
    with open_snapshot(folder / "published" / "current") as snapshot:
        return delivering.deliver(snapshot, webhook, folder / "delivered.json", **more)


def test_all_changes_come_once_in_order_and_no_personal_ones(
    tmp_path: Path, receiver: Receiver
) -> None:
    publish(tmp_path, (FIRST, None, 5), (SECOND, FIRST, 1))
    assert send(tmp_path, receiver) == Delivery(versions=2, messages=4, changes=6)
    assert [row["customer_id"] for row in receiver.changes] == [
        *(f"s:顾客{number}" for number in range(5)),
        "s:顾客0",
    ]
    assert {row["attribute"] for row in receiver.changes} == {"value_tier"}
    first, *_, last = receiver.taken.values()
    assert first["type"] == "portrait.profile_changes"
    assert first["data"]["previous_published_at"] is None
    assert last["timestamp"] == "2024-01-02T00:00:00Z"
    assert last["data"]["previous_published_at"] == "2024-01-01T00:00:00Z"
    assert first["data"]["changes"][0] == {
        "shop": "s",
        "customer_id": "s:顾客0",
        "as_of_date": "2024-01-01",
        "change_kind": "changed",
        "attribute": "value_tier",
        "old_value": None,
        "new_value": "high",
    }
    assert send(tmp_path, receiver) == Delivery(0, 0, 0)


def test_what_is_personal_goes_out_where_one_says_so(tmp_path: Path, receiver: Receiver) -> None:
    publish(tmp_path, (FIRST, None, 1))
    send(tmp_path, receiver, with_personal=True)
    assert [row["attribute"] for row in receiver.changes] == ["gender", "value_tier"]


def test_of_what_the_catalogue_does_not_know_nothing_goes_out(
    tmp_path: Path, receiver: Receiver
) -> None:
    publish(tmp_path, (FIRST, None, 1))
    file = tmp_path / "published" / "current" / "marts.duckdb"
    with duckdb.connect(file) as connection:
        connection.execute("update profile_changes set attribute = 'home_address'")
    assert send(tmp_path, receiver) == Delivery(versions=1, messages=0, changes=0)


def test_a_later_version_alone_is_sent_to_who_has_the_ones_before(
    tmp_path: Path, receiver: Receiver
) -> None:
    publish(tmp_path, (FIRST, None, 3))
    send(tmp_path, receiver)
    publish(tmp_path, (FIRST, None, 3), (SECOND, FIRST, 1))
    assert send(tmp_path, receiver) == Delivery(1, 1, 1)


def test_who_may_have_missed_some_is_told(tmp_path: Path, receiver: Receiver) -> None:
    publish(tmp_path, (FIRST, None, 1))
    send(tmp_path, receiver)
    publish(tmp_path, (THIRD, SECOND, 1))
    assert send(tmp_path, receiver).missed == "20240101T000000000000"


def test_a_receiver_that_fails_gets_the_same_message_again(
    tmp_path: Path, receiver: Receiver
) -> None:
    publish(tmp_path, (FIRST, None, 3))
    receiver.failures = [503, "hang up", 429]
    assert send(tmp_path, receiver).messages == 2
    ids = [headers["webhook-id"] for headers, _ in receiver.requests]
    assert ids == ["20240101T000000000000-0"] * 4 + ["20240101T000000000000-1"]
    assert all(
        headers["idempotency-key"] == headers["webhook-id"] for headers, _ in receiver.requests
    )


def test_what_was_taken_and_not_answered_is_taken_once(tmp_path: Path, receiver: Receiver) -> None:
    publish(tmp_path, (FIRST, None, 1))
    receiver.failures = ["take and hang up"]
    send(tmp_path, receiver)
    assert len(receiver.requests) == 2
    assert len(receiver.changes) == 1


def test_a_receiver_that_stays_away_is_said_and_the_rest_goes_out_later(
    tmp_path: Path, receiver: Receiver
) -> None:
    publish(tmp_path, (FIRST, None, 5))
    receiver.failures = [503, 503, 503, 503]
    with pytest.raises(PortraitError, match="answered 503 to message 20240101T000000000000-0"):
        send(tmp_path, receiver, tries=3)
    assert send(tmp_path, receiver).messages == 3
    assert len(receiver.changes) == 5


def test_who_is_stopped_half_way_goes_on_there(tmp_path: Path, receiver: Receiver) -> None:
    publish(tmp_path, (FIRST, None, 5))
    send_one = Webhook.send

    def stopped(webhook: Webhook, message: object) -> None:
        if receiver.taken:
            raise KeyboardInterrupt
        send_one(webhook, message)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Webhook, "send", stopped)
        send(tmp_path, receiver)
    assert send(tmp_path, receiver).messages == 2
    assert [row["customer_id"][-1] for row in receiver.changes] == list("01234")


@pytest.mark.parametrize(("status", "tries"), [(400, 1), (401, 1), (410, 1), (302, 1)])
def test_a_refusal_is_no_reason_to_try_again(
    tmp_path: Path, receiver: Receiver, status: int, tries: int
) -> None:
    publish(tmp_path, (FIRST, None, 1))
    receiver.failures = [status]
    with pytest.raises(PortraitError, match=f"answered {status}"):
        send(tmp_path, receiver)
    assert len(receiver.requests) == tries


def test_the_reference_library_finds_the_signature_good(tmp_path: Path, receiver: Receiver) -> None:
    publish(tmp_path, (FIRST, None, 1))
    send(tmp_path, receiver)
    headers, body = receiver.requests[0]
    assert ReferenceWebhook(SECRET).verify(body, headers) == json.loads(body)
    with pytest.raises(Exception, match="No matching signature"):
        ReferenceWebhook(SECRET).verify(body.replace(b"high", b"low!"), headers)


@pytest.mark.parametrize(
    "url", ["http://example.org/hook", "ftp://example.org", "example.org", "https://", "file:///x"]
)
def test_an_address_that_others_could_read_along_is_refused(url: str) -> None:
    with pytest.raises(PortraitError, match="is no address that changes may be sent to"):
        Webhook(url, SECRET)


@pytest.mark.parametrize("secret", ["", "x", "whsec_", "whsec_eA==", "whsec_***", SECRET[6:]])
def test_a_weak_secret_is_refused_and_not_shown(secret: str) -> None:
    with pytest.raises(PortraitError, match="secret") as told:
        Webhook("https://example.org", secret)
    assert "openssl rand" in told.value.hint
    assert not secret or secret == "x" or secret not in str(told.value)


def test_secrets_in_an_address_are_not_shown(tmp_path: Path) -> None:
    publish(tmp_path, (FIRST, None, 1))
    webhook = Webhook("http://me:hidden@127.0.0.1:9/hook?token=hidden", SECRET, Patience(0, 0))
    with (
        open_snapshot(tmp_path / "published" / "current") as snapshot,
        pytest.raises(PortraitError, match=r"http://127\.0\.0\.1/hook cannot be reached") as told,
    ):
        delivering.deliver(snapshot, webhook, tmp_path / "delivered.json")
    assert "hidden" not in str(told.value)
