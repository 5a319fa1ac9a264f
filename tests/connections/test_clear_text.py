"""A secret in clear is told by where it stands, and what only looks like one is let be."""

from pathlib import Path
from typing import Any

import pytest

from orchestration.connections.clear_text import (
    check_location,
    check_settings,
    clear_secrets,
    without_secrets,
)
from orchestration.connections.declared import append_declaration, read_declarations
from orchestration.connections.sources import choose, parse_choice
from orchestration.errors import PortraitError
from orchestration.onboarding.add import find_origin
from orchestration.project import Project
from tests.orchestration.test_sources import SYSTEMS

ODBC = "DRIVER%3D%7Bx%7D%3BUID%3Dann%3BPWD%3D"


@pytest.mark.parametrize(
    ("url", "kept", "variables"),
    [
        ("mysql://ann@db/x", "mysql://ann@db/x", {}),
        ("mysql://ann:${PW}@db/x", "mysql://ann:${PW}@db/x", {}),
        ("sqlite:////a/b@c.db", "sqlite:////a/b@c.db", {}),
        ("mysql://ann:s3c/ret@db/x", "mysql://ann:${SHOP_PASSWORD}@db/x", {"PASSWORD": "s3c/ret"}),
        ("pg://ann:pa$$w0rd@db", "pg://ann:${SHOP_PASSWORD}@db", {"PASSWORD": "pa$$w0rd"}),
        ("pg://ann:$ecret@db", "pg://ann:${SHOP_PASSWORD}@db", {"PASSWORD": "$ecret"}),
        ("pg://ann:p%40ss@db", "pg://ann:${SHOP_PASSWORD}@db", {"PASSWORD": "p@ss"}),
        ("pg://ann:p@ss@db/x", "pg://ann:${SHOP_PASSWORD}@db/x", {"PASSWORD": "p@ss"}),
        ("pg://ann@shop:pw@db", "pg://ann@shop:${SHOP_PASSWORD}@db", {"PASSWORD": "pw"}),
        ("pg://ann:p?key=x@db", "pg://ann:${SHOP_PASSWORD}@db", {"PASSWORD": "p?key=x"}),
        ("ann:pw@db/x", "ann:${SHOP_PASSWORD}@db/x", {"PASSWORD": "pw"}),
        (
            "pg://db/x?user=ann&password=a%26b",
            "pg://db/x?user=ann&password=${SHOP_PASSWORD}",
            {"PASSWORD": "a&b"},
        ),
        (
            "pg://ann:one@db/x?sslpassword=two&sslmode=require",
            "pg://ann:${SHOP_PASSWORD}@db/x?sslpassword=${SHOP_SSLPASSWORD}&sslmode=require",
            {"PASSWORD": "one", "SSLPASSWORD": "two"},
        ),
        (
            "pg://ann:one@db/x?password=two",
            "pg://ann:${SHOP_PASSWORD_2}@db/x?password=${SHOP_PASSWORD}",
            {"PASSWORD": "two", "PASSWORD_2": "one"},
        ),
        (
            f"mssql+pyodbc:///?odbc_connect={ODBC}a+b%3BX%3D1",
            "mssql+pyodbc:///?odbc_connect=${SHOP_ODBC_CONNECT}",
            {"ODBC_CONNECT": "DRIVER={x};UID=ann;PWD=a b;X=1"},
        ),
        (
            f"mssql+pyodbc:///?odbc_connect={ODBC}${{PW}}",
            f"mssql+pyodbc:///?odbc_connect={ODBC}${{PW}}",
            {},
        ),
    ],
)
def test_secrets_are_taken_out_of_a_database_url(
    url: str, kept: str, variables: dict[str, str]
) -> None:
    expected = {f"SHOP_{name}": value for name, value in variables.items()}
    assert without_secrets("shop", url) == (kept, expected)


@pytest.mark.parametrize(
    "url", ["pg://ann:p@ss/w%rd@db:1/x", f"x:///?odbc_connect={ODBC}pw%3BKEY%3D${{KEY}}"]
)
def test_a_url_that_cannot_be_taken_apart_is_refused(url: str) -> None:
    with pytest.raises(PortraitError) as error:
        without_secrets("shop", url)
    assert "ss/w" not in str(error.value) and "pw" not in str(error.value)


@pytest.mark.parametrize(
    ("location", "name"),
    [
        ("https://ann:pw@host/x", "password"),
        ("https://ann:$ecret@host/x", "password"),
        ("https://ann:p/w@host/x", "password"),
        ("s3://KEY:pa$$w0rd@bucket/x", "password"),
        ("simplecache::https://ann:pw@host/x", "password"),
        ("https://ghp_token@host/x", "user"),
        ("https://ghp_token:@host/x", "user"),
        ("https://host/x?token=t", "token"),
        ("https://host/x?sv=2&sig=abc%3D&se=3", "sig"),
        ("https://host/x?X-Amz-Credential=a&X-Amz-Date=1", "X-Amz-Credential"),
        ("https://host/x?X-Amz-Date=1&X-Amz-Signature=a", "X-Amz-Signature"),
        ("https://host/x?AWSAccessKeyId=a&Expires=1", "AWSAccessKeyId"),
        ("https://host/x?key=AIza", "key"),
        ("https://host/#access_token=t", "access_token"),
        ("https://host/x;jwt=t", "jwt"),
        ("https://host/x?p%61ssword=t", "password"),
        ("https://host/x?from=https%3A%2F%2Fann%3Apw%40else", "from"),
        ("https://host/x?token=hunter2${TOKEN}", "token"),
        ("https://host/x?token=$TOKEN", "token"),
    ],
)
def test_a_location_with_a_secret_is_told(location: str, name: str) -> None:
    assert [secret.name for secret in clear_secrets(location)] == [name]
    with pytest.raises(PortraitError, match="holds a secret in clear"):
        parse_choice([f"web_shop={location}"])


@pytest.mark.parametrize(
    "location",
    [
        "https://ann:${PW}@host/x?token=${TOKEN}#top",
        "https://${TOKEN}@host/x",
        "https://host:8080/a@b.csv",
        "https://host:${PORT}/a@b.csv",
        "https://host/x?pageToken=3&sort_key=a&tokenizer=b",
        "sftp://ann@host/x",
        "s3://bucket/export?versionId=a=b",
        "/data/a=b",
        "/data/password=x/y",
    ],
)
def test_a_location_without_a_secret_passes(location: str) -> None:
    check_location("here", location)


@pytest.mark.parametrize(
    ("settings", "where"),
    [
        ({"client": {"auth": {"type": "bearer", "token": "t"}}}, "client.auth.token"),
        ({"client": {"auth": {"type": "bearer", "token": 4711}}}, "client.auth.token"),
        ({"client": {"auth": "t"}}, "client.auth"),
        ({"client": {"auth": {"username": "ann", "password": "p"}}}, "client.auth.password"),
        ({"client": {"auth": {"username": "key", "password": ""}}}, "client.auth.username"),
        ({"client": {"auth": {"client_secret": "s"}}}, "client.auth.client_secret"),
        ({"client": {"headers": {"Authorization": "Bearer t"}}}, "client.headers.Authorization"),
        ({"client": {"headers": {"X-Api-Key": "k"}}}, "client.headers.X-Api-Key"),
        ({"client": {"headers": {"Cookie": "id=${ID}; x=y"}}}, "client.headers.Cookie"),
        ({"client": {"base_url": "https://a:b@host"}}, "client.base_url"),
        ({"client": {"paginator": {"type": "x", "token": "t"}}}, "client.paginator.token"),
        (
            {"resource_defaults": {"endpoint": {"params": {"api_key": "k"}}}},
            "resource_defaults.endpoint.params.api_key",
        ),
        ({"resources": [{"endpoint": {"path": "a?sig=s"}}]}, "resources.endpoint.path"),
        ({"resources": ["a?token=t"]}, "resources"),
        ({"resources": [{"endpoint": {"json": [{"pwd": ["p"]}]}}]}, "resources.endpoint.json.pwd"),
        ({"url": "pg://ann:12345/x@db"}, "url"),
    ],
)
def test_a_setting_with_a_secret_is_told_by_its_place(settings: Any, where: str) -> None:
    with pytest.raises(PortraitError) as error:
        check_settings("sources.yml: shop", settings)
    assert error.value.message == f"sources.yml: shop holds a secret in clear: {where}."
    assert "${NAME}" in error.value.hint


def test_settings_that_only_name_secrets_pass() -> None:
    check_settings(
        "here",
        {
            "client": {
                "base_url": "https://host/v1/",
                "auth": {
                    "type": "api_key",
                    "name": "token",
                    "api_key": "${K}",
                    "location": "query",
                },
                "headers": {"Authorization": "Bearer ${T}", "Cookie": 'id="${I}"; t=${T}'},
                "paginator": {"type": "cursor", "cursor_path": "token", "cursor_param": "token"},
            },
            "resource_defaults": {"endpoint": {"auth": "bearer", "params": {"max_tokens": 3}}},
            "resources": [
                {
                    "name": "tokens",
                    "primary_key": "token",
                    "columns": {"password": {"data_type": "text"}},
                    "endpoint": {
                        "path": "export/${KEY}/tokens",
                        "params": {
                            "token": {"type": "resolve", "resource": "x", "field": "token"},
                            "password": "",
                            "secret": None,
                            "sign": True,
                        },
                        "json": {"username": "ann"},
                    },
                }
            ],
        },
    )


def test_an_entry_with_a_secret_is_neither_read_nor_written(tmp_path: Path) -> None:
    file = tmp_path / "sources.yml"
    entry = {"kind": "sql_database", "url": "pg://ann:$ecret@db/x", "tables": {"a": {}}}
    with pytest.raises(PortraitError, match="in clear: url"):
        append_declaration(file, "shop", entry)
    assert not file.exists()
    file.write_text("shop: {path: 'https://host/x?token=$ecret'}")
    with pytest.raises(PortraitError, match=r"sources.yml: shop .* in clear: path"):
        read_declarations(file)
    file.write_text("shop: {path: *$ecret}")
    with pytest.raises(PortraitError, match="is not YAML") as error:
        read_declarations(file)
    assert "$ecret" not in f"{error.value.message} {error.value.hint}"


def test_a_folder_that_is_a_url_with_a_secret_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PortraitError, match="--files holds a secret in clear"):
        find_origin(Project(tmp_path, tmp_path), "till", Path("https://a:pw@host/x"), None, None)


def test_a_choice_that_was_remembered_with_a_secret_is_refused(tmp_path: Path) -> None:
    project = Project(tmp_path, tmp_path)
    project.own.mkdir()
    project.choice_file.write_text("web_shop: {path: 'https://host/x?token=$ecret'}")
    with pytest.raises(PortraitError, match=r"choice.yml: web_shop holds a secret") as error:
        choose(project, SYSTEMS, [])
    assert "$ecret" not in f"{error.value.message} {error.value.hint}"
    assert choose(project, SYSTEMS, ["grocery"]) == {"grocery": None}
