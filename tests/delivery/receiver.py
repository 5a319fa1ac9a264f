"""A receiver of webhooks that fails on purpose."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

# Answers in their order; then it takes what comes. `hang up` closes the connection.
Failure = int | str


@dataclass
class Receiver:
    """What came.

    Attributes:
        url: Where it listens.
        failures: How it answers the next requests.
        requests: Headers and bodies of all requests, those that it failed too.
        taken: Bodies by webhook-id, as one keeps them who takes each once.
    """

    url: str = ""
    failures: list[Failure] = field(default_factory=list)
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    taken: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def changes(self) -> list[dict[str, Any]]:
        """The rows of what was taken, in the order in which it came."""
        return [row for body in self.taken.values() for row in body["data"]["changes"]]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver on this machine."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.requests.append((headers, body))
            failure = receiver.failures.pop(0) if receiver.failures else None
            if failure == "take and hang up":  # The sender cannot know that it was taken.
                receiver.taken.setdefault(headers["webhook-id"], json.loads(body))
            if isinstance(failure, str):
                self.close_connection = True
                return
            if failure is None:
                receiver.taken.setdefault(headers["webhook-id"], json.loads(body))
            self.send_response(failure or 204)
            if failure in (301, 302):
                self.send_header("location", f"{receiver.url}/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
