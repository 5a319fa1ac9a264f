"""Resources of a web API as dlt resources, and which fields their records have shown.

Requests are repeated on 429 and 5xx and on dropped connections, with waits that grow or that the
server's Retry-After states; dlt's client does that.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, cast

from dlt.extract import DltResource, DltSource
from dlt.sources.helpers.requests import Client
from dlt.sources.rest_api import rest_api_source
from dlt.sources.rest_api.typing import RESTAPIConfig

from orchestration.connections.clear_text import PLACEHOLDER
from orchestration.connections.declared import RestApi
from orchestration.connections.names import normalized
from orchestration.connections.secrets import Secrets
from orchestration.errors import PortraitError

_REFERENCE = "https://dlthub.com/docs/dlt-ecosystem/verified-sources/rest_api/basic"
# How often a request is made before the source counts as failed.
ATTEMPTS = 6


class SeenFields:
    """The top-level fields of all records that went by, with how many records there were."""

    def __init__(self) -> None:
        """Nothing seen yet."""
        self.fields: dict[str, set[str]] = {}
        self.records: dict[str, int] = {}

    def watch(self, resource: DltResource) -> None:
        """Notes the fields of every record of the resource; the records stay as they are."""
        table = normalized(str(resource.name))
        fields = self.fields.setdefault(table, set())
        self.records.setdefault(table, 0)

        def note(record: Any) -> Any:
            self.records[table] += 1
            if isinstance(record, dict):
                fields.update(record)
            return record

        resource.add_map(note)

    def columns(self, table: str) -> set[str]:
        """The columns that the fields of a table become; a nested field is `outer__inner`."""
        return {normalized(field) for field in self.fields.get(table, ())}


@contextmanager
def open_source(name: str, api: RestApi, secrets: Secrets) -> Iterator[DltSource]:
    """The API as a dlt source, merged by primary key wherever a resource has one and a cursor.

    Its connections are closed at the end.

    Raises:
        PortraitError: The settings are not dlt's rest_api settings.
    """
    session = Client(raise_for_status=False, request_max_attempts=ATTEMPTS).session
    config: dict[str, Any] = {
        "client": {**secrets.fill(api.client), "session": session},
        "resource_defaults": _filled(name, api.resource_defaults, secrets),
        "resources": [_filled(name, _resource(api, one), secrets) for one in api.resources],
    }
    with session:
        # dlt raises errors of many kinds for what a user wrote wrong.
        with secrets.kept(partial(_no_api, name, secrets)):
            source = rest_api_source(cast(RESTAPIConfig, config), name=name)
        yield source


def primary_keys(api: RestApi) -> Mapping[str, tuple[str, ...]]:
    """The normalized key columns of each resource that has a key."""
    keys = {}
    for resource in api.resources:
        settings = {**api.resource_defaults, **({} if isinstance(resource, str) else resource)}
        key = settings.get("primary_key")
        if key:
            columns = [key] if isinstance(key, str) else key
            keys[normalized(_name(resource))] = tuple(map(normalized, columns))
    return keys


def _no_api(name: str, secrets: Secrets, error: Exception) -> PortraitError:
    message = " ".join(secrets.strike_out(str(error)).split())[:500]
    return PortraitError(
        f"{name}: sources.yml does not describe an API that dlt can read: {message}",
        f"Compare it with {_REFERENCE}.",
    )


def _filled(name: str, resource: Mapping[str, Any], secrets: Secrets) -> dict[str, Any]:
    """The resource with its endpoint filled in; the rest names tables and columns, and is kept."""
    for setting, value in resource.items():
        if setting != "endpoint" and PLACEHOLDER.search(str(value)):
            raise PortraitError(
                f"{name}: the setting {setting} of a resource cannot hold ${{…}}: it is written "
                "into the landing file.",
                "Name the resource plainly, and write ${…} below its endpoint: path, params, auth.",
            )
    return {
        setting: secrets.fill(value) if setting == "endpoint" else value
        for setting, value in resource.items()
    }


def _name(resource: str | dict[str, Any]) -> str:
    return resource if isinstance(resource, str) else str(resource.get("name"))


def _resource(api: RestApi, resource: str | dict[str, Any]) -> dict[str, Any]:
    """The resource with the write disposition that its key and cursor ask for."""
    settings = {"name": resource} if isinstance(resource, str) else dict(resource)
    has_key = settings.get("primary_key") or api.resource_defaults.get("primary_key")
    endpoint = settings.get("endpoint")
    parameters = endpoint.get("params") if isinstance(endpoint, dict) else None
    has_cursor = isinstance(endpoint, dict) and (
        "incremental" in endpoint
        or any(isinstance(value, dict) for value in (parameters or {}).values())
    )
    # Without a cursor everything comes every time, so what no longer comes is gone.
    whole = "append" if has_cursor and not has_key else "merge" if has_cursor else "replace"
    settings.setdefault("write_disposition", whole)
    return settings
