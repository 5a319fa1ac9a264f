"""The terms of the published tables, from the yml that declares them, as tables of a page.

A column is a term where its `meta` says `glossary: {term, formula, unit, source}`; of model_metrics
the rows are, by metric, so its own `meta` lists them; a tag has said all of it in `meta: {tag}`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from orchestration.errors import PortraitError
from orchestration.warehouse.manifest import Manifest, Table
from orchestration.warehouse.published_marts import Mart, published_marts

_BEGIN = "<!-- From here on the yml of the models says it: `make glossary` writes these tables. -->"
_END = "<!-- So far. -->"
_KEYS = {"term", "formula", "unit", "source"}
_ONLY_HERE = "only_here"


@dataclass(frozen=True)
class Term:
    """A word of the published tables.

    Attributes:
        table: Whose yml defines it.
        column: Its column, or its metric in model_metrics.
        term: What analysts call it.
        formula: How it comes about, from other columns where it does.
        unit: What its numbers are.
        source: Entities of the contract, or tables that the Python steps write.
        used_in: The published tables that have it.
    """

    table: str
    column: str
    term: str
    formula: str
    unit: str
    source: tuple[str, ...]
    used_in: tuple[str, ...]


class _Declared(NamedTuple):
    table: str
    column: str
    entry: Mapping[str, Any]


def terms(manifest: Manifest) -> list[Term]:
    """Every term by name.

    Raises:
        PortraitError: An entry lacks a part or has one that means nothing; or two tables both mean
            to say what a column is everywhere.
    """
    marts = published_marts(manifest)
    columns = [one for one in _declared_columns(manifest, marts) if _is_whole(one)]
    general = _general(columns)
    found = [_term(one, _used_in(one, columns, general, marts)) for one in columns]
    found += [_term(one, (one.table,)) for one in _declared_rows(manifest, marts) if _is_whole(one)]
    return sorted(found, key=lambda one: (one.term.casefold(), one.table))


def with_terms(page: str, manifest: Manifest) -> str:
    """A page with its tables of terms and tags as the yml has them now.

    Raises:
        PortraitError: The page does not say where; or an entry is wrong (`terms`).
    """
    before, begin, rest = page.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise PortraitError(
            "The glossary does not say where its tables stand.",
            f"Put the lines {_BEGIN} and {_END} around them in docs/glossary.md.",
        )
    tables = [*_term_lines(terms(manifest)), "", *_tag_lines(manifest)]
    return "\n".join([before + begin, "", *tables, "", end + after])


def _declared_columns(manifest: Manifest, marts: Mapping[str, Mart]) -> Iterator[_Declared]:
    for name, node in _published(manifest, marts):
        for column in node["columns"].values():
            entry = column["config"]["meta"].get("glossary")
            if entry is not None:
                yield _Declared(name, column["name"], entry)


def _declared_rows(manifest: Manifest, marts: Mapping[str, Mart]) -> Iterator[_Declared]:
    for name, node in _published(manifest, marts):
        for row, entry in node["config"]["meta"].get("glossary", {}).items():
            yield _Declared(name, row, entry)


def _published(
    manifest: Manifest, marts: Mapping[str, Table]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for node in manifest["nodes"].values():
        if node["resource_type"] == "model" and node["name"] in marts:
            yield node["name"], node


def _is_whole(declared: _Declared) -> bool:
    given = set(declared.entry)
    place = f"The glossary entry of {declared.table}.{declared.column}"
    if lacking := _KEYS - given:
        raise PortraitError(
            f"{place} lacks {', '.join(sorted(lacking))}.",
            f"Say {', '.join(sorted(_KEYS))} in its yml.",
        )
    if unknown := given - _KEYS - {_ONLY_HERE}:
        raise PortraitError(
            f"{place} says {', '.join(sorted(unknown))}, which means nothing here.",
            f"Known are {', '.join(sorted(_KEYS | {_ONLY_HERE}))}.",
        )
    return True


def _general(columns: list[_Declared]) -> dict[str, str]:
    """By column the table that says what it is in all tables but those that say otherwise."""
    general: dict[str, str] = {}
    for table, column, entry in columns:
        if entry.get(_ONLY_HERE):
            continue
        if column in general:
            raise PortraitError(
                f"Both {general[column]} and {table} say what {column} is.",
                f"Say it once, or `{_ONLY_HERE}: true` where it is something else.",
            )
        general[column] = table
    return general


def _used_in(
    declared: _Declared,
    columns: list[_Declared],
    general: Mapping[str, str],
    marts: Mapping[str, Mart],
) -> tuple[str, ...]:
    if general.get(declared.column) != declared.table:
        return (declared.table,)
    otherwise = {
        one.table
        for one in columns
        if one.column == declared.column and one.table != declared.table
    }
    return tuple(table for table in _having(declared.column, marts) if table not in otherwise)


def _having(column: str, marts: Mapping[str, Mart]) -> list[str]:
    return [name for name, mart in marts.items() if column in {one.name for one in mart.columns}]


def _term(declared: _Declared, used_in: tuple[str, ...]) -> Term:
    entry = declared.entry
    return Term(
        declared.table,
        declared.column,
        term=str(entry["term"]),
        formula=str(entry["formula"]),
        unit=str(entry["unit"]),
        source=tuple(entry["source"]),
        used_in=used_in,
    )


def _term_lines(found: list[Term]) -> Iterator[str]:
    yield "## Measures"
    yield ""
    yield "| term | column | formula | unit | source | where |"
    yield "|---|---|---|---|---|---|"
    for one in found:
        column = f"`{one.column}`"
        yield _row(
            one.term,
            column,
            one.formula,
            one.unit,
            ", ".join(one.source),
            ", ".join(one.used_in),
        )


def _tag_lines(manifest: Manifest) -> Iterator[str]:
    yield "## Tags"
    yield ""
    yield "| term | tag | what it says | values and parameters | decided by |"
    yield "|---|---|---|---|---|"
    for description, tag in sorted(_tags(manifest), key=lambda one: str(one[1]["name_en"])):
        yield _row(
            tag["name_en"],
            f"`{tag['key']}`",
            " ".join(description.split()),
            _values(tag),
            ", ".join(tag["evidence"]),
        )


def _tags(manifest: Manifest) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for node in manifest["nodes"].values():
        for column in node.get("columns", {}).values():
            tag = column["config"]["meta"].get("tag")
            if tag:
                yield column["description"], tag


def _values(tag: Mapping[str, Any]) -> str:
    """Labels, bands with their lower ends, and parameters: `low from 0.01, …; min_days 2`."""
    labels = [str(one["label"]) for one in tag.get("labels", ())]
    bands = [
        f"{one['label']} from {one['from']}" if "from" in one else str(one["label"])
        for one in tag.get("bands", ())
    ]
    parameters = [
        f"{name} {' or '.join(value) if isinstance(value, list) else value}"
        for name, value in tag.get("parameters", {}).items()
    ]
    told = (", ".join(dict.fromkeys([*labels, *bands])), ", ".join(parameters))
    return "; ".join(filter(None, told))


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
