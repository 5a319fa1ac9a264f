"""Reasons in words, from the seed, and as rules, from the compiled SQL of the validated models."""

import re
from dataclasses import dataclass

import duckdb

from orchestration.project import Project
from orchestration.warehouse.manifest import Manifest

_VALIDATED = re.compile(r"int_(\w+)_validated")
_FLAGGED = "int_flagged_rows"
_RULE = re.compile(r"\bwhen (.+?) then '(\w+)'", re.DOTALL)
_MARK = re.compile(r"'(\w+)' as reason_code.+?\bwhere ([^\n]+)", re.DOTALL)
FLAG = "flag"


@dataclass(frozen=True)
class Reason:
    """A row of the seed `reason_codes`."""

    code: str
    entity: str
    name: str
    name_zh: str
    severity: str
    description: str
    advice: str


@dataclass(frozen=True)
class Rule:
    """One line of a verdict: rows for which `condition` is the first to hold have the reason."""

    code: str
    condition: str


@dataclass(frozen=True)
class ModelRule:
    """A rule with its place: the model, and how many rules come before it."""

    model: str
    path: str
    position: int
    rule: Rule


def read_reasons(connection: duckdb.DuckDBPyConnection) -> dict[str, Reason]:
    """The catalogue by reason code."""
    rows = connection.execute("""
        select reason_code, entity, name, name_zh, severity, description, advice
        from seeds.reason_codes order by reason_code
    """).fetchall()
    return {row[0]: Reason(*row) for row in rows}


def rules_of(sql: str) -> list[Rule]:
    """The rules of a validated model in the order in which they are tried.

    Args:
        sql: The model's compiled SQL: it judges a row by itself (`end as broken_rule`), then rows
            with one key by each other (`end as reason_code`).
    """
    return [
        Rule(code, " ".join(condition.split()))
        for column in ("broken_rule", "reason_code")
        for condition, code in _RULE.findall(_case_of(sql, column))
    ]


def _case_of(sql: str, column: str) -> str:
    before = sql[: sql.index(f"end as {column}")]
    return before[before.rindex("case\n") :]


def flags_of(sql: str) -> list[Rule]:
    """The flags of `int_flagged_rows`, from its compiled SQL: one select a flag."""
    return [Rule(code, condition) for code, condition in _MARK.findall(sql)]


def validated_entity(model: str) -> str | None:
    """The entity whose rows a model judges; None of a model that judges nothing."""
    found = _VALIDATED.fullmatch(model)
    return found[1] if found else None


def rules_for(project: Project, manifest: Manifest, code: str) -> list[ModelRule]:
    """Where a reason is given, as dbt compiled it for the last run."""
    found = []
    for node in manifest["nodes"].values():
        if node["resource_type"] != "model":
            continue
        if node["name"] == _FLAGGED:
            read = flags_of
        elif validated_entity(node["name"]):
            read = rules_of
        else:
            continue
        path = node["original_file_path"]
        compiled = project.dbt_target / "compiled" / node["package_name"] / path
        if compiled.exists():
            found += [
                ModelRule(node["name"], path, position, rule)
                for position, rule in enumerate(read(compiled.read_text()), start=1)
                if rule.code == code
            ]
    return sorted(found, key=lambda place: place.model)
