"""Secrets that stand in clear in a URL or among settings, told by where they stand.

An entry of `sources.yml` and a location on the command line are copied: into other files, into
Dagster's event store, into what is published. So none may hold a secret; `${NAME}` stands for it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, unquote_plus

from orchestration.errors import PortraitError

# Stands for the value of an environment variable.
PLACEHOLDER = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")

# Names of settings and parameters whose value is a secret, in small letters and digits alone. A
# name counts if it ends in one of the first, or is one of the others; so `X-Amz-Signature` is a
# secret and `access_token_url`, `cursor_param` and `primary_key` are none.
_SECRET_ENDINGS = (
    *("password", "passwd", "passphrase", "passcode", "pwd", "secret", "token", "jwt"),
    *("apikey", "accesskey", "secretkey", "privatekey", "accountkey", "subscriptionkey"),
    *("authkey", "appkey", "accesskeyid", "accessid", "signature", "credential"),
    *("authorization", "cookie", "sessionid"),
)
_SECRET_NAMES = frozenset({"auth", "key", "pass", "pin", "pw", "sas", "sig", "sign", "sk"})
# Where a page of results begins, and sizes, are no secrets.
_HARMLESS_NAMES = frozenset({"nexttoken", "pagetoken", "nextpagetoken", "maxtoken"})
# dlt's short forms for kinds of authentication.
_KINDS_OF_AUTH = frozenset({"bearer", "api_key", "http_basic", "oauth2_client_credentials"})

# What may stand around placeholders: `Bearer ${TOKEN}`, `session=${ID}; user="${NAME}"`.
_FIXED_TEXT = re.compile(r"[\s;,:{}\"']*(?:[A-Za-z][A-Za-z-]*\s+)?(?:[\w.-]+=)?[{}\"']?")

# SQLAlchemy lets `/` and `?` stand in a password; elsewhere what follows a colon may be a port.
_USER, _PASSWORD = r"(?P<user>[^:/]*)", r"(?P<password>[^@]*(?:@[^@/?#]*(?=@))*)"
_PORT = r"(?:\d*|\$\{\w+\})(?:[/?#]|$)"
_IN_DATABASE = re.compile(rf"^(?:(?P<scheme>[\w+.-]+)://|(?![\w+.-]+://)){_USER}(?::{_PASSWORD})?@")
_IN_LOCATION = re.compile(
    rf"(?P<scheme>[\w+.-]+):/{{1,3}}(?P<user>[^:/?#]*)(?::(?!{_PORT}){_PASSWORD})?@"
)
_DATABASE_PARAMETER = re.compile(r"[?&;](?P<name>[^=?&;]*)=(?P<value>[^&]*)")
_PARAMETER = re.compile(r"[?&;#](?P<name>[^=?&;#]*)=(?P<value>[^&;#]*)")


@dataclass(frozen=True)
class ClearSecret:
    """A secret in a URL: `url[start:end]`, `value` when decoded, and what it is called there."""

    name: str
    value: str
    start: int
    end: int


def clear_secrets(url: str, *, is_database: bool = False) -> list[ClearSecret]:
    """The secrets that stand in clear in a URL.

    Args:
        url: A URL, or a part of one; several may be chained as fsspec writes it.
        is_database: The URL is SQLAlchemy's, whose rules differ.
    """
    if not is_database:
        authorities, after = list(_IN_LOCATION.finditer(url)), 0
    else:
        authorities = list(_IN_DATABASE.finditer(url))
        after = authorities[0].end() if authorities else 0  # A password may look like parameters.
    return [*_in_authorities(authorities), *_in_parameters(url, is_database, after)]


def check_location(place: str, text: str) -> None:
    """Refuses a location or other text with a secret in clear.

    Raises:
        PortraitError: With the place, and how to keep a secret out of it.
    """
    for secret in clear_secrets(text):
        raise _refusal(place, secret.name)


def check_settings(place: str, settings: Any) -> None:
    """Refuses nested settings with a secret in clear: by a setting's name, or within a URL.

    Raises:
        PortraitError: With the setting, and how to keep a secret out of it.
    """
    for setting in _clear_settings(settings):
        raise _refusal(place, setting)


def without_secrets(source: str, url: str) -> tuple[str, dict[str, str]]:
    """A database URL with placeholders for its secrets, and the variables that are to hold them.

    Args:
        source: The source's name, from which the variables get theirs.
        url: As SQLAlchemy writes it.

    Returns:
        The URL, and each variable with the value that stood in its place.

    Raises:
        PortraitError: The URL cannot be taken apart.
    """
    kept, variables = url, dict[str, str]()
    for secret in reversed(clear_secrets(url, is_database=True)):
        variable = f"{source}_{re.sub(r'[^A-Za-z0-9]+', '_', secret.name)}".upper()
        while variables.get(variable, secret.value) != secret.value:
            variable += "_2"
        if PLACEHOLDER.search(secret.value):
            raise _refusal("--url", secret.name)
        variables[variable] = secret.value
        kept = f"{kept[: secret.start]}${{{variable}}}{kept[secret.end :]}"
    user = _IN_DATABASE.search(kept)
    has_rest = bool(variables) and user is not None and "@" in kept[user.end() :].split("?")[0]
    if has_rest or clear_secrets(kept, is_database=True):
        raise PortraitError(
            f"{source}: it is not clear where the password in the url ends.",
            "Write @ in a password as %40 and / as %2F, or put the password into the environment "
            "and write ${NAME} in its place, within single quotes.",
        )
    return kept, variables


def secret_values(text: str) -> Iterator[str]:
    """The secrets in a text that is a URL, or a list of settings as in `odbc_connect`."""
    url = "?" + ";".join(text.split())
    for secret in [*clear_secrets(text, is_database=True), *clear_secrets(url)]:
        yield secret.value
        yield from secret_values(secret.value)


def _in_authorities(authorities: Iterable[re.Match[str]]) -> Iterator[ClearSecret]:
    for found in authorities:
        # A web address knows no user without a password: that is a token.
        is_token = (found["scheme"] or "").lower().startswith("http")
        name = "password" if found["password"] else "user" if is_token else ""
        if name and PLACEHOLDER.sub("", found[name]):
            yield ClearSecret(name, unquote(found[name]), *found.span(name))


def _in_parameters(url: str, is_database: bool, after: int) -> Iterator[ClearSecret]:
    for found in (_DATABASE_PARAMETER if is_database else _PARAMETER).finditer(url, after):
        name, value = unquote_plus(found["name"]), unquote_plus(found["value"])
        is_clear = _is_secret(name) and _is_clear(value)
        # Settings within a value, as in odbc_connect=…PWD%3D…, and addresses within addresses.
        if is_clear or any(secret_values(value)):
            yield ClearSecret(name, value, *found.span("value"))


def _clear_settings(settings: Any, path: str = "", *, is_secret: bool = False) -> Iterator[str]:
    """The settings, as `outer.inner`, that hold a secret in clear."""
    if isinstance(settings, dict):
        # With an empty password the user's name is the token.
        is_token = settings.get("password", "none") in ("", None)
        for name, value in settings.items():
            inner = f"{path}.{name}".removeprefix(".")
            is_named = _is_secret(str(name)) or (name == "username" and is_token)
            yield from _clear_settings(value, inner, is_secret=is_named)
    elif isinstance(settings, list | tuple):
        for value in settings:
            yield from _clear_settings(value, path, is_secret=is_secret)
    elif settings is not None and not isinstance(settings, bool):
        text = str(settings)
        is_kind = path.endswith("auth") and text in _KINDS_OF_AUTH
        is_database = path == "url"
        if (is_secret and not is_kind and _is_clear(text)) or clear_secrets(
            text, is_database=is_database
        ):
            yield path


def _is_secret(name: str) -> bool:
    plain = re.sub(r"[^a-z0-9]", "", name.lower())
    spellings = {plain, plain.removesuffix("s")}
    if spellings & _HARMLESS_NAMES:
        return False
    return bool(spellings & _SECRET_NAMES) or any(
        one.endswith(_SECRET_ENDINGS) for one in spellings
    )


def _is_clear(value: str) -> bool:
    """Whether there is more to a value than placeholders and what may stand around them."""
    fixed = PLACEHOLDER.sub("\0", value).split("\0")
    if len(fixed) == 1:
        return bool(value.strip())
    return not all(_FIXED_TEXT.fullmatch(text) for text in fixed)


def _refusal(place: str, name: str) -> PortraitError:
    return PortraitError(
        f"{place} holds a secret in clear: {name}.",
        "Put the secret into the environment, export NAME=…, and write ${NAME} in its place; on a "
        "command line within single quotes, so that the shell leaves it alone.",
    )
