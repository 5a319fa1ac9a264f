"""What a draft says of its tables and models: the texts of its yml files."""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from orchestration.onboarding.guessed import EntityGuess
from orchestration.onboarding.sample import Sample, SampledTable
from orchestration.quoting import code_span, yaml_flow
from orchestration.warehouse.manifest import ORIGIN_TYPES
from orchestration.warehouse.questions import Question

# A row that depends on others may depend on rows of another file.
_LOOKS_AT_OTHER_ROWS = re.compile(r"\b(over \(|group by|join|distinct|try_parse_undecided)")


def sources_yml(
    name: str,
    sample: Sample,
    time_zone: str,
    questions: Iterable[Question] = (),
    written: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
) -> str:
    """The declaration of the raw tables, with what the user has said and has still to say.

    Args:
        name: Name of the source system.
        sample: The sampled tables.
        time_zone: IANA name of the clock that times without a zone were read off.
        questions: What the data cannot decide.
        written: Table → column → how it is written.
    """
    said = {"source_system": name, "time_zone": time_zone, **sample.answers.meta, **sample.meta}
    asked = [question.meta for question in questions]
    meta = yaml_flow({**said, **({"questions": asked} if asked else {})})
    lines = [
        "sources:",
        f"  - name: raw_{name}",
        f"    description: {yaml_flow(f'{name}, as its own system delivers it.')}",
        f"    schema: raw_{name}",
        f"    config: {{meta: {{portrait: {meta}}}}}",
        "    tables:",
    ]
    for table in sample.tables:
        lines += _table_yml(table, written.get(table.name, {}))
    return "\n".join(lines) + "\n"


def _table_yml(table: SampledTable, written: Mapping[str, str]) -> list[str]:
    meta = {**table.meta, **({"written": written} if written else {})}
    lines = [
        f"      - name: {yaml_flow(table.name)}",
        f"        description: {yaml_flow(f'The rows of {code_span(table.origin)}.')}",
        f"        config: {{meta: {{portrait: {yaml_flow(meta)}}}}}",
        "        columns:",
    ]
    types = {column.name: column.data_type for column in table.columns}
    for column, data_type in {**types, **ORIGIN_TYPES}.items():
        lines.append(f"          - {yaml_flow({'name': column, 'data_type': data_type})}")
    return lines


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
        told = f"One row {_GRAINS[entity]}, from {code_span(found.table.origin)} ({made})."
        lines += [
            f"  - name: stg_{name}__{entity}",
            f"    description: {yaml_flow(f'{told} Columns as in input_{entity}.')}",
        ]
        if not _LOOKS_AT_OTHER_ROWS.search(sql):
            lines.append("    config: {meta: {file_by_file: true}}")
        is_each = found.only is None and not found.rows and found.returned is None
        if found.grain == "row" and is_each and not found.table.listed:
            source = f"source('raw_{name}', '{found.table.name}')"
            lines += [
                "    data_tests:",
                f'      - keeps_every_row: {{arguments: {{of: "{source}"}}}}',
            ]
    return "\n".join(lines) + "\n"
