"""`portrait source add`: sample, guess, draft, and declare where the data is."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console

from orchestration.connections.clear_text import check_location, without_secrets
from orchestration.connections.databases import discover, open_database
from orchestration.connections.declared import Connection, append_declaration, read_declarations
from orchestration.connections.secrets import Secrets
from orchestration.errors import PortraitError
from orchestration.onboarding.answers import NO_ANSWERS, Answers, declared_answers
from orchestration.onboarding.clock import several_clocks, time_zone_of
from orchestration.onboarding.draft import (
    Draft,
    drafted_models,
    writing_draft,
)
from orchestration.onboarding.guess import guess
from orchestration.onboarding.guessed import Guess
from orchestration.onboarding.phones import check_country, country_of_numbers, national_numbers
from orchestration.onboarding.preview import Preview, preview_draft
from orchestration.onboarding.preview_report import print_preview
from orchestration.onboarding.report import facts, print_draft, print_guess, print_next
from orchestration.onboarding.sample import Sample, sample_files
from orchestration.onboarding.sample_connection import sample_connection
from orchestration.onboarding.unnamed import with_names
from orchestration.onboarding.vocabulary import read_contract, table_words
from orchestration.onboarding.wrapped import with_unwrapped
from orchestration.project import Project
from orchestration.quoting import yaml_flow
from orchestration.state.lock import run_lock

# A source's name names a folder, a schema and a CTE beside these.
_TAKEN = {"contract", "unioned", "ml", "ingest"}


@dataclass(frozen=True)
class Added:
    """What came of it.

    Attributes:
        draft: What was written.
        guess: What was guessed.
        preview: Orders and a portrait, as the drafts make them of the sample.
        facts: All that is printed, as plain lists and mappings.
    """

    draft: Draft
    guess: Guess
    preview: Preview
    facts: Mapping[str, Any]


def add_source(
    console: Console | None,
    project: Project,
    name: str,
    origin: Path | Connection,
    time_zone: str | None,
    shop: str | None = None,
    answers: Answers = NO_ANSWERS,
) -> Added:
    """Drafts the staging models of a source and declares it in `sources.yml`.

    Args:
        console: Where the report goes; None: nowhere.
        project: The entered project; its dbt project is added to.
        name: Name of the new source system.
        origin: Folder or file, database or API.
        time_zone: IANA name of the clock that times without a zone were read off; None: what was
            said of it or of its shop before, else UTC.
        shop: The shop that it belongs to; None: it is one of its own.
        answers: What is said of values that the data cannot decide, beside what was said before.

    Raises:
        PortraitError: The name, the shop, the time zone or the country cannot be, there is another
            source of that name, there is nothing to read, or a run is going on. Then nothing is
            written.
    """
    check_name(name)
    check_name(shop or name, "shop")
    _check_same_source(project, name, origin)
    time_zone = time_zone_of(project.dbt_project, name, shop, time_zone)
    answers = answers.or_else(declared_answers(project.dbt_project, name))
    check_country(project.dbt_project, answers.country)
    _check_encoding(answers.encoding)
    with _sample(name, origin, answers) as unanswered:
        sample = with_unwrapped(with_names(replace(unanswered, answers=answers)))
        guessed = guess(sample, read_contract(project.dbt_project))
        sample, guessed = _with_country(project, sample, guessed)
        clocks = several_clocks(project.dbt_project, name, shop, time_zone)
        asked = (*guessed.questions, *clocks, *national_numbers(sample, guessed, name, shop))
        guessed = replace(guessed, questions=asked)
        if console:
            print_guess(console, name, sample, guessed)
        if not guessed.entities and guessed.questions:
            raise PortraitError(
                f"Nothing was drafted for {name}: it waits for an answer to what is asked above.",
                f"portrait source add {name} {guessed.questions[0].flag}",
            )
        if not guessed.entities:
            raise PortraitError(
                f"Nothing was drafted for {name}: no table looks like orders, customers or "
                "anything else that the contract knows.",
                "Write the models by hand (docs/own-data.md), or give the columns names "
                "that say what they hold.",
            )
        with (
            # A run reads these files from its start to its end.
            run_lock(project.lock_file),
            writing_draft(project.dbt_project, name, sample, guessed, time_zone, shop) as draft,
        ):
            append_declaration(project.sources_file, name, _settings(origin))
        preview = preview_draft(project, name, sample, guessed)
        told = facts(name, sample, guessed, draft, preview)
    if console:
        print_draft(console, draft)
        print_preview(console, preview)
        print_next(console, name, draft)
    return Added(draft, guessed, preview, told)


def _with_country(project: Project, sample: Sample, guessed: Guess) -> tuple[Sample, Guess]:
    """The same with the country that phone numbers tell themselves, as if it had been said."""
    told = country_of_numbers(sample, guessed, project.dbt_project)
    if told is None:
        return sample, guessed
    country, says = told
    sample = replace(sample, answers=replace(sample.answers, country=country))
    return sample, replace(guessed, says=(*guessed.says, says))


def find_origin(
    project: Project, name: str, files: Path | None, url: str | None, schema: str | None
) -> Path | Connection:
    """What `source add` was asked to look at: files, a database, or what is declared already.

    Args:
        project: The project.
        name: Name of the source system.
        files: Folder or file.
        url: A database, as SQLAlchemy writes it. A secret in it is used now and not kept.
        schema: Schema of the database.

    Raises:
        PortraitError: There is nothing of that name, or the database cannot be opened.
    """
    if files is not None:
        check_location("--files", str(files))
        return files.expanduser().absolute()
    if url is not None:
        kept, variables = without_secrets(name, url)
        secrets = Secrets(name)
        os.environ.update(variables)
        with open_database(name, kept, secrets) as engine:
            return discover(engine, kept, schema)
    declared = read_declarations(project.sources_file)
    location = declared.location(name)
    origin = declared.connection(name) or (Path(location) if location else None)
    if origin is None:
        raise PortraitError(
            f"{name} is not in {project.sources_file}.",
            "Say where its data is: --files PATH, --url URL of a database, or an entry of the "
            "kind rest_api (docs/databases.md).",
        )
    return origin


def check_name(name: str, of: str = "source") -> None:
    """Refuses names that cannot name a folder, a schema and a CTE.

    Raises:
        PortraitError: With what a name looks like.
    """
    is_plain = re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name) and "__" not in name
    # `yes` and `off` are no names in YAML.
    is_plain = is_plain and yaml_flow(name) == name
    with duckdb.connect() as connection:
        keywords = connection.execute(
            "select keyword_name from duckdb_keywords() where keyword_category <> 'unreserved'"
        ).fetchall()
    if not is_plain or name in _TAKEN or (name,) in keywords:
        raise PortraitError(
            f"{name!r} cannot be the name of a {of}.",
            "Take lower case letters, digits and single underscores, no word of SQL: web_shop.",
        )


def _check_same_source(project: Project, name: str, origin: Path | Connection) -> None:
    """Refuses a name that another source has: dbt could parse neither of the two.

    Raises:
        PortraitError: With where the other one is.
    """
    folder = project.dbt_project / "models" / "staging" / name
    if folder.exists() and not drafted_models(folder).exists():
        raise PortraitError(
            f"There is a source {name} already, which was not drafted here: {folder}.",
            f"Take another name, or switch that one on: portrait run --source {name}=PATH",
        )
    declared = read_declarations(project.sources_file)
    if name not in declared.entries:
        return
    location = declared.location(name)
    known = declared.connection(name) or (Path(location) if location else None)
    if known is not None and _place(known) != _place(origin):
        raise PortraitError(
            f"There is a source {name} already, with other data: see {project.sources_file}.",
            "Take another name; or, if its data has moved, change its entry there first.",
        )


def _place(origin: Path | Connection) -> object:
    """What an origin is known by: that it has other tables today makes it no other one."""
    return origin if isinstance(origin, Path) else (origin.kind, getattr(origin, "url", None))


def _check_encoding(encoding: str | None) -> None:
    try:
        "".encode(encoding or "utf-8")
    except LookupError as error:
        raise PortraitError(
            f"There is no encoding {encoding!r}.", "Take utf-16, gb18030, cp1252, cp932 …"
        ) from error


@contextmanager
def _sample(name: str, origin: Path | Connection, answers: Answers) -> Iterator[Sample]:
    if isinstance(origin, Path):
        with sample_files(origin, table_words(), answers) as sample:
            yield sample
    else:
        with sample_connection(name, origin) as sample:
            yield sample


def _settings(origin: Path | Connection) -> dict[str, Any]:
    if isinstance(origin, Path):
        return {"path": str(origin)}
    settings = origin.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return {"kind": origin.kind, **settings}
