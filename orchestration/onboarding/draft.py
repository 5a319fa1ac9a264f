"""The staging folder of a source, written from what was guessed. Nothing is ever overwritten."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from orchestration.errors import PortraitError
from orchestration.manifest import ORIGIN_TYPES
from orchestration.onboarding.guess import EntityGuess, Guess
from orchestration.onboarding.sample import Sample, SampledTable
from orchestration.onboarding.staging_sql import staging_model

# A row that depends on others may depend on rows of another file.
_LOOKS_AT_OTHER_ROWS = re.compile(r"\b(over \(|group by|join|distinct)")
_SOURCES = re.compile(r"^  sources:\n(?:    .*\n|  *#.*\n)*", re.MULTILINE)


@dataclass
class Draft:
    """What was written.

    Attributes:
        folder: The staging folder.
        written: New files.
        left_alone: Files that were there already and differ from what would have been written.
        hints: What a person has to do because something was there already.
    """

    folder: Path
    written: list[Path] = field(default_factory=list)
    left_alone: list[Path] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)


def write_draft(
    dbt_project: Path, name: str, sample: Sample, guess: Guess, time_zone: str
) -> Draft:
    """Writes the staging models of a source and switches its entities on in `dbt_project.yml`.

    Args:
        dbt_project: The dbt project.
        name: Name of the source system.
        sample: The sampled tables.
        guess: What was guessed of them.
        time_zone: IANA name of the clock that times without a zone were read off.

    Raises:
        PortraitError: The project's folder cannot be written.
    """
    draft = Draft(dbt_project / "models" / "staging" / name)
    try:
        draft.folder.mkdir(parents=True, exist_ok=True)
        _write(draft, draft.folder / "_sources.yml", sources_yml(name, sample))
        declared = _declared_tables(draft.folder / "_sources.yml")
        drafted: dict[str, str] = {}
        for entity, found in guess.entities.items():
            if found.table.name not in declared:
                draft.hints.append(
                    f"{entity} was not drafted: declare the table {found.table.name} in "
                    f"{draft.folder / '_sources.yml'}, then add again"
                )
                continue
            drafted[entity] = staging_model(
                found,
                dict(guess.contract.entities[entity]),
                guess.missing[entity],
                name,
                time_zone,
            )
            _write(draft, draft.folder / f"stg_{name}__{entity}.sql", drafted[entity])
        models = models_yml(name, guess.entities, drafted)
        _write(draft, draft.folder / f"stg_{name}.yml", models)
        _switch_on(draft, dbt_project / "dbt_project.yml", name, drafted)
    except OSError as error:
        raise PortraitError(
            f"{draft.folder} cannot be written: {error.strerror}.",
            "The models of a source are part of the project: work in a checkout of your own.",
        ) from error
    return draft


def _write(draft: Draft, path: Path, text: str) -> None:
    if not path.exists():
        path.write_text(text, encoding="utf-8")
        draft.written.append(path)
    elif path.read_text(encoding="utf-8") != text:
        draft.left_alone.append(path)


def _declared_tables(sources_file: Path) -> set[str]:
    try:
        read = yaml.safe_load(sources_file.read_text(encoding="utf-8"))
        return {table["name"] for source in read["sources"] for table in source["tables"]}
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise PortraitError(
            f"{sources_file} is no declaration of sources.", "Correct it, or delete it."
        ) from error


def _switch_on(draft: Draft, project_yml: Path, name: str, entities: Iterable[str]) -> None:
    """Adds the source's line to the var `sources`, without touching the rest of the file."""
    text = project_yml.read_text(encoding="utf-8")
    wanted = list(entities)
    on = yaml.safe_load(text)["vars"]["sources"].get(name)
    if on is not None:
        lacking = [entity for entity in wanted if entity not in on]
        if lacking:
            draft.hints.append(
                f"add {', '.join(lacking)} to the line {name} in {project_yml}, if you want them"
            )
        return
    block = _SOURCES.search(text)
    if block is None:
        draft.hints.append(
            f"add `{name}: [{', '.join(wanted)}]` to the var sources in {project_yml}"
        )
        return
    line = f"    {name}: [{', '.join(wanted)}]\n"
    project_yml.write_text(text[: block.end()] + line + text[block.end() :], encoding="utf-8")
    draft.written.append(project_yml)


def sources_yml(name: str, sample: Sample) -> str:
    """The declaration of the raw tables."""
    meta = _flow({"source_system": name, **sample.meta})
    lines = [
        "sources:",
        f"  - name: raw_{name}",
        f"    description: {_flow(f'{name}, as its own system delivers it.')}",
        f"    schema: raw_{name}",
        f"    config: {{meta: {{portrait: {meta}}}}}",
        "    tables:",
    ]
    for table in sample.tables:
        lines += _table_yml(table)
    return "\n".join(lines) + "\n"


def _table_yml(table: SampledTable) -> list[str]:
    lines = [
        f"      - name: {table.name}",
        f"        description: {_flow(f'The rows of {table.origin}.')}",
        f"        config: {{meta: {{portrait: {_flow(table.meta)}}}}}",
        "        columns:",
    ]
    types = {column.name: column.data_type for column in table.columns}
    for column, data_type in {**types, **ORIGIN_TYPES}.items():
        lines.append(f"          - {{name: {_flow(column)}, data_type: {_flow(data_type)}}}")
    return lines


def _flow(value: object) -> str:
    """A value as YAML in one line, fit to stand in a list or mapping: `decimal(10,2)` in quotes."""
    text = yaml.safe_dump(
        [value], default_flow_style=True, allow_unicode=True, width=10_000, sort_keys=False
    )
    return text.strip()[1:-1]


_GRAINS = {
    "orders": "an order",
    "order_lines": "a line of an order",
    "customers": "a customer",
    "products": "a product",
    "events": "an event",
    "reviews": "a review",
    "campaigns": "a campaign",
    "campaign_contacts": "a contact of a customer by a campaign",
    "coupon_redemptions": "a redeemed coupon",
    "survey_responses": "an answer to a question",
    "consents": "a change of a consent",
}


def models_yml(name: str, entities: Mapping[str, EntityGuess], drafted: Mapping[str, str]) -> str:
    """Descriptions and tests of the staging models; `drafted` is their SQL by entity."""
    lines = ["models:"]
    for entity, sql in drafted.items():
        found = entities[entity]
        made = "several rows make one" if found.grain == "group" else "a row of its own"
        told = f"One row {_GRAINS[entity]}, from {found.table.origin} ({made})."
        lines += [
            f"  - name: stg_{name}__{entity}",
            f"    description: {_flow(f'{told} Columns as in input_{entity}.')}",
        ]
        if not _LOOKS_AT_OTHER_ROWS.search(sql):
            lines.append("    config: {meta: {file_by_file: true}}")
        if found.grain == "row" and found.only is None:
            source = f"source('raw_{name}', '{found.table.name}')"
            lines += [
                "    data_tests:",
                f'      - keeps_every_row: {{arguments: {{of: "{source}"}}}}',
            ]
    return "\n".join(lines) + "\n"
