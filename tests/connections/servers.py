"""Real servers for tests, on loopback: a PostgreSQL cluster of its own, and a web API."""

import json
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse

Record = dict[str, Any]


def find_postgres() -> Path | None:
    """The folder of `initdb` and `pg_ctl`, which Debian keeps off the PATH."""
    on_path = shutil.which("pg_ctl")
    candidates = [Path(on_path).resolve().parent] if on_path else []
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in candidates if (folder / "initdb").exists()), None)


@contextmanager
def postgres_server(folder: Path, binaries: Path) -> Iterator[str]:
    """Starts a new cluster; gives the URL of its database, with ${DB_PASSWORD} for the password."""
    data, port = folder / "data", _free_port()
    (folder / "password").write_text("p@ss/w%rd\n")
    if os.geteuid() == 0:  # initdb refuses root.
        shutil.chown(folder, "postgres")
        shutil.chown(folder / "password", "postgres")
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    log = folder / "log"

    def run(*command: str) -> None:
        subprocess.run([*user, *command], check=True, cwd="/", stdout=subprocess.DEVNULL)

    run(
        *(f"{binaries}/initdb", "-D", str(data), "-U", "portrait", "--auth=scram-sha-256"),
        *(f"--pwfile={folder / 'password'}", "-E", "UTF8", "--locale=C", "--no-sync"),
    )
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
    run(f"{binaries}/pg_ctl", "-D", str(data), "-l", str(log), "-o", f"{options} -F", "-w", "start")
    try:
        yield f"postgresql+psycopg2://portrait:${{DB_PASSWORD}}@127.0.0.1:{port}/postgres"
    finally:
        run(f"{binaries}/pg_ctl", "-D", str(data), "-m", "immediate", "stop")


DATABASE_PASSWORD = "p@ss/w%rd"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Api:
    """What the web API serves and how it misbehaves; `requests` is what it was asked for.

    Attributes:
        records: Records by resource.
        token: The bearer token that it wants; None: nobody is asked.
        key: The value of the header X-Api-Key that it wants; None: nobody is asked.
        failures: Statuses that the next requests get instead of an answer; 200: the answer.
        drops: How many of the next answers break off in the middle.
        files: Contents by path that are sent as they are.
        on_request: Called before a request is answered.
    """

    url: str = ""
    records: dict[str, list[Record]] = field(default_factory=dict)
    token: str | None = None
    key: str | None = None
    failures: list[int] = field(default_factory=list)
    drops: int = 0
    files: dict[str, bytes] = field(default_factory=dict)
    on_request: Callable[[], None] = lambda: None
    requests: list[str] = field(default_factory=list)

    def answer(self, path: str, query: dict[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
        """One page: records from `updated_since` on, `limit` a page, by page number or cursor."""
        since = query.get("updated_since", "")
        records = [one for one in self.records[path] if one.get("updated_at", "~") >= since]
        limit = int(query.get("limit", "2"))
        start = int(query.get("cursor") or (int(query.get("page", "1")) - 1) * limit)
        end = start + limit
        more = end < len(records)
        body = {
            "data": records[start:end],
            "total_pages": -(-len(records) // limit),
            "next_cursor": str(end) if more else None,
        }
        page = int(query.get("page", "1"))
        link = f'<{self.url}/{path}?page={page + 1}&limit={limit}>; rel="next"'
        return body, {"Link": link} if more else {}


@contextmanager
def api_server(api: Api) -> Iterator[Api]:
    """Serves the API on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            api.requests.append(self.path)
            api.on_request()
            url = urlparse(self.path)
            query = {name: values[0] for name, values in parse_qs(url.query).items()}
            status = api.failures.pop(0) if api.failures and self.command == "GET" else 200
            if status != 200:
                self._send(status, {"error": "later"}, {"Retry-After": "0"})
            elif api.token and self.headers.get("Authorization") != f"Bearer {api.token}":
                self._send(401, {"error": "who are you?"}, {})
            elif api.key and self.headers.get("X-Api-Key") != api.key:
                self._send(403, {"error": "no"}, {})
            elif url.path.strip("/") in api.files:
                content = api.files[url.path.strip("/")]
                self._send(200, content, {"ETag": f'"{content.hex()}"'})
            elif url.path.strip("/") not in api.records:
                self._send(404, {"error": "nothing here"}, {})
            else:
                self._send(200, *api.answer(url.path.strip("/"), query))

        def do_HEAD(self) -> None:
            self.do_GET()

        def _send(self, status: int, body: Any, headers: dict[str, str]) -> None:
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if status == 200 and api.drops:
                api.drops -= 1
                content = content[: len(content) // 2]
                self.close_connection = True
            if self.command != "HEAD":
                self.wfile.write(content)

        def log_message(self, *arguments: object) -> None:
            """Requests are kept in `api.requests`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    api.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
