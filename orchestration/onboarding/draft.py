"""The staging folder of a source, written from what was guessed. What a person edited stays."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from orchestration.errors import PortraitError
from orchestration.onboarding.answers import SOURCES_FILE, declared_answers
from orchestration.onboarding.draft_yml import models_yml, sources_yml
from orchestration.onboarding.drafted import DRAFTED, drafted_digests, untouched
from orchestration.onboarding.guessed import Guess, without_spare_sheets
from orchestration.onboarding.sample import Sample
from orchestration.onboarding.seed_lines import with_lines
from orchestration.onboarding.source_line import source_line
from orchestration.onboarding.staging_sql import staging_model
from orchestration.onboarding.vocabulary import status_word
from orchestration.onboarding.written_styles import written_styles
from orchestration.state.permissions import users_umask
from orchestration.state.whole_files import written_together

_SOURCES = re.compile(r"^  sources:\n(?:    .*\n|  *#.*\n)*", re.MULTILINE)


@dataclass
class Draft:
    """What there is to write.

    Attributes:
        folder: The staging folder.
        files: New files, and `dbt_project.yml` where it changes, with their texts: at any moment of
            writing them in this order, dbt can read what is there.
        left_alone: Files that were there already and differ from what would have been written.
        hints: What a person has to do because something was there already.
        replaceable: Names of files that may be written anew.
    """

    folder: Path
    files: dict[Path, str] = field(default_factory=dict)
    left_alone: list[Path] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    replaceable: frozenset[str] = frozenset()

    @property
    def written(self) -> list[Path]:
        """The paths of `files` that a person reads."""
        return [path for path in self.files if path.name != DRAFTED]


@contextmanager
def writing_draft(
    dbt_project: Path,
    name: str,
    sample: Sample,
    guess: Guess,
    time_zone: str,
    shop: str | None = None,
) -> Iterator[Draft]:
    """Writes the staging models of a source and switches its entities on in `dbt_project.yml`.

    If that fails, or the block does, everything is as it was before.

    Args:
        dbt_project: The dbt project.
        name: Name of the source system.
        sample: The sampled tables.
        guess: What was guessed of them.
        time_zone: IANA name of the clock that times without a zone were read off.
        shop: The shop that it belongs to; None: it is one of its own.

    Raises:
        PortraitError: The project's folder cannot be written.
    """
    try:
        draft = _plan(dbt_project, name, sample, guess, time_zone, shop)
        with ExitStack() as stack:
            with users_umask():  # A checkout is no part of the state folder.
                stack.enter_context(written_together(draft.files))
            yield draft
    except OSError as error:
        raise PortraitError(
            f"{error.filename or dbt_project} cannot be written: {error.strerror}.",
            "The models of a source are part of the project: work in a checkout of your own.",
        ) from error


def _plan(
    dbt_project: Path,
    name: str,
    sample: Sample,
    guess: Guess,
    time_zone: str,
    shop: str | None,
) -> Draft:
    sample = without_spare_sheets(sample, guess)
    folder = dbt_project / "models" / "staging" / name
    is_answered = sample.answers != declared_answers(dbt_project, name)
    draft = Draft(folder, replaceable=untouched(folder) if is_answered else frozenset())
    sources_file = draft.folder / SOURCES_FILE
    declaration = sources_yml(name, sample, time_zone, guess.questions, written_styles(guess))
    _add(draft, sources_file, declaration)
    declared = _declared_tables(draft, sources_file)
    drafted: dict[str, str] = {}
    for entity, found in guess.entities.items():
        raw_name = found.table.raw_table.name
        if raw_name not in declared:
            draft.hints.append(
                f"{entity} was not drafted: declare the table {raw_name} in "
                f"{sources_file}, then add again"
            )
            continue
        types, missing = dict(guess.contract.entities[entity]), guess.missing[entity]
        drafted[entity] = staging_model(found, types, missing, name, time_zone)
        _add(draft, draft.folder / f"stg_{name}__{entity}.sql", drafted[entity])
    _add(draft, drafted_models(draft.folder), models_yml(name, guess.entities, drafted))
    _remember(draft)
    statuses = sample.answers.meant_statuses
    _add_to_seed(
        draft,
        dbt_project / "seeds" / "order_statuses.csv",
        [(name, status_word(word), meaning) for word, meaning in statuses.items()],
    )
    _add_to_seed(
        draft,
        dbt_project / "seeds" / "line_kinds.csv",
        [(name, key, kind, "Told by what it is called") for key, kind in guess.line_kinds.items()],
    )
    project_yml = dbt_project / "dbt_project.yml"
    said = {"shop": shop, "country": sample.answers.country}
    before = source_line(name, list(drafted), shop, guess)
    line = source_line(name, list(drafted), shop, guess, said["country"])
    text = project_yml.read_text(encoding="utf-8")
    if before != line and f"    {before}\n" in text:
        draft.files[project_yml] = text.replace(f"    {before}\n", f"    {line}\n")
    else:
        _switch_on(draft, project_yml, name, list(drafted), said, line)
    if is_answered and draft.left_alone:
        draft.hints.append(
            "what was left alone does not know your answer: correct it by hand, or delete it and "
            "add again"
        )
    return draft


def _add_to_seed(draft: Draft, seed: Path, lines: Sequence[Sequence[str]]) -> None:
    """What is known of a source's words holds for all of its loads."""
    text = with_lines(seed, lines) if lines else None
    if text:
        draft.files[seed] = text


def _remember(draft: Draft) -> None:
    """Notes what was drafted, so that an answer can change what nobody has edited since."""
    if draft.files:
        draft.files[draft.folder / DRAFTED] = drafted_digests(draft.folder, draft.files)


def _add(draft: Draft, path: Path, text: str) -> None:
    is_other = path.exists() and path.read_text(encoding="utf-8") != text
    if not path.exists() or (is_other and path.name in draft.replaceable):
        draft.files[path] = text
    elif is_other:
        draft.left_alone.append(path)


def _declared_tables(draft: Draft, sources_file: Path) -> set[str]:
    try:
        text = draft.files.get(sources_file) or sources_file.read_text(encoding="utf-8")
        read = yaml.safe_load(text)
        return {table["name"] for source in read["sources"] for table in source["tables"]}
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise PortraitError(
            f"{sources_file} is no declaration of sources.", "Correct it, or delete it."
        ) from error


def _switch_on(
    draft: Draft,
    project_yml: Path,
    name: str,
    wanted: Sequence[str],
    said: Mapping[str, str | None],
    line: str,
) -> None:
    """Adds the source's line to the var `sources`, without touching the rest of the file."""
    text = project_yml.read_text(encoding="utf-8")
    on = yaml.safe_load(text)["vars"]["sources"].get(name)
    if on is not None:
        told = on if isinstance(on, Mapping) else {"entities": on}
        lacking = [entity for entity in wanted if entity not in told["entities"]]
        if lacking and draft.replaceable and _is_as_drafted(text, name):
            # An answer brought them in.
            draft.files[project_yml] = re.sub(rf"(?m)^    {name}: .*$", f"    {line}", text)
        elif lacking:
            draft.hints.append(
                f"add {', '.join(lacking)} to the line {name} in {project_yml}, if you want them"
            )
        known = {"shop": name, **told}
        for what, value in said.items():
            if value and value != known.get(what):
                draft.hints.append(f"write `{line}` in {project_yml} for the {what} {value}")
        return
    block = _SOURCES.search(text)
    if block is None:
        draft.hints.append(f"add `{line}` to the var sources in {project_yml}")
        return
    draft.files[project_yml] = text[: block.end()] + f"    {line}\n" + text[block.end() :]


def _is_as_drafted(text: str, name: str) -> bool:
    """Whether the source stands in one line with nothing behind it, as a draft writes it."""
    return len(re.findall(rf"(?m)^    {name}: [\[{{][^#]*[\]}}]$", text)) == 1


def drafted_models(folder: Path) -> Path:
    """The yml that `source add` writes about the models of a source."""
    return folder / f"stg_{folder.name}.yml"
