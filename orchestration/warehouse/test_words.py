"""What a data test says, and what to do when it fails, in sentences for who sees only its name."""

from collections.abc import Mapping
from typing import Any

_WHERE = {
    "error": "If it fails, the run stops and the last good snapshot stays. ",
    "warn": "If it warns, the run goes on and publishes. ",
}
_GENERIC = {
    "unique_grain": "If rows of a source repeat a key, its staging model or the rules that choose "
    "among copies let them through; else a join of this model doubles rows.",
    "keeps_every_row": "Rows that are not wanted belong in quarantine: no filter and no join of "
    "this model may drop or double any.",
    "not_null": "Look at the rows where the column is NULL, and at the model's SQL for it.",
    "unique": "Look at the values that stand on two rows, and at the joins of this model.",
    "accepted_values": "Correct the value, or add it to the list beside the column.",
    "relationships": "Add what is missing to the table that is referred to, or correct the value.",
}
_LOOK = (
    "Look at the rows that the test's SQL finds, and correct the model or the rows of the source."
)


def test_description(node: Mapping[str, Any]) -> str:
    """What a data test of dbt's manifest says, where its failing rows are found, what to do.

    What it says is its description, the comment that it opens with, or its kind and arguments.
    """
    generic = node.get("test_metadata") or {}
    said = node.get("description") or (_said(generic) if generic else _comment(node["raw_code"]))
    warns = str(node["config"].get("severity") or "error").lower() == "warn"
    advice = _GENERIC.get(generic.get("name", ""), _LOOK)
    return (
        f"{' '.join(said.split())} {_WHERE['warn' if warns else 'error']}{advice} "
        f"It is declared in `dbt_project/{node['original_file_path']}`; "
        f"`dbt test -s {node['name']}` makes it alone."
    )


# pytest takes it for a test where it is imported.
test_description.__test__ = False  # type: ignore[attr-defined]


def _said(generic: Mapping[str, Any]) -> str:
    given = generic.get("kwargs") or {}
    column = f"`{given.get('column_name')}`"
    sentences = {
        "unique_grain": f"One row a {_listed(given.get('columns', ()))}, none of them NULL"
        + (f", and {_listed(given['optional'])}." if given.get("optional") else "."),
        "keeps_every_row": f"It has exactly the rows of `{given.get('of')}`"
        + (", and their money." if given.get("amount") else "."),
        "not_null": f"{column} is known on every row.",
        "unique": f"No two rows have the same {column}.",
        "accepted_values": f"{column} is one of {_listed(given.get('values', ()))}.",
        "relationships": f"Every {column} is a `{given.get('field')}` of `{given.get('to')}`.",
    }
    name = str(generic.get("name"))
    return sentences.get(name, f"The test {name} of {column} finds no row.")


def _listed(names: Any) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _comment(code: str) -> str:
    lines = []
    for line in code.splitlines():
        if not line.startswith("--"):
            break
        lines.append(line.lstrip("- "))
    return " ".join(lines) or "It finds no row."
