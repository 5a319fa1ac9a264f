"""Cells with what keeps a spreadsheet from changing them: tabs, `="0123"`, an apostrophe.

Shop systems write them so; a person would not see it, and no key, date or amount has it.
"""

from dataclasses import replace

from orchestration.onboarding.expressions import reference
from orchestration.onboarding.sample import Sample, SampledTable
from orchestration.quoting import identifier, quoted

# As in the macro `unwrapped_cell`: blanks around, and what stands for text in a spreadsheet.
_BLANKS = r"^[\s\x{A0}\x{3000}]+|[\s\x{A0}\x{3000}]+$"
_AS_TEXT = r"""^="(.*)"$|^'(\+?\d.*)$"""


def with_unwrapped(sample: Sample) -> Sample:
    """The sample with its cells as they are meant; tables know which columns a draft unwraps."""
    return replace(sample, tables=tuple(_unwrapped(sample, table) for table in sample.tables))


def _unwrapped(sample: Sample, table: SampledTable) -> SampledTable:
    names = [column.name for column in table.columns if column.is_text]
    if "files" not in table.meta or not names:
        return table
    changes = ", ".join(
        f"count_if({unwrapped_sql(name)} <> trim({identifier(name)}))" for name in names
    )
    (counts,) = sample.connection.execute(f"select {changes} from {table.relation}").fetchall()
    wrapped = tuple(name for name, count in zip(names, counts, strict=True) if count)
    if not wrapped:
        return table
    meant = ", ".join(f"{unwrapped_sql(name)} as {identifier(name)}" for name in wrapped)
    sample.connection.execute(
        f"create or replace table {table.relation} as "
        f"select * replace ({meant}) from {table.relation}"
    )
    return replace(table, wrapped=wrapped)


def unwrapped_sql(name: str) -> str:
    """A cell of the sample as it is meant, as the macro reads it."""
    bare = f"regexp_replace({identifier(name)}, {quoted(_BLANKS)}, '', 'g')"
    return f"regexp_replace({bare}, {quoted(_AS_TEXT)}, '\\1\\2')"


def import_sql(source: str, table: SampledTable) -> str:
    """The first step of a draft: the rows of its raw table, with cells as they are meant."""
    rows = f"{{{{ source('raw_{source}', '{table.name}') }}}}"
    if not table.wrapped:
        return f"    select * from {rows}"
    names = [reference(name) for name in table.wrapped]
    left = ", ".join(f"'{name}'" for name in names)
    cells = ",\n".join(f"        {{{{ unwrapped_cell('{name}') }}}} as {name}" for name in names)
    return f"    select\n        {{{{ all_but([{left}]) }}}},\n{cells}\n    from {rows}"
