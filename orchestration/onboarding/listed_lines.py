"""Lines that an order of a JSON export lists, as the interfaces of Shopify and WooCommerce do."""

from collections.abc import Iterable
from dataclasses import replace

from orchestration.onboarding.expressions import elements, reference
from orchestration.onboarding.guessed import EntityGuess
from orchestration.onboarding.sample import (
    ORIGIN_OF_SAMPLE,
    SCHEMA,
    ListedRows,
    Sample,
    SampledTable,
    can_be_declared,
    sampled_columns,
)
from orchestration.onboarding.table_reader import TableReader
from orchestration.onboarding.vocabulary import entity_words, squeezed, words_of
from orchestration.quoting import code_span, identifier, plain_line, quoted

LINES, ORDER, POSITION = "order_lines", "order_id", "line_number"
_LIST_OF_OBJECTS = r"(?s)\s*\[\s*(\{.*\}\s*)?\]\s*"


def with_listed_lines(sample: Sample, reader: TableReader) -> tuple[Sample, TableReader, list[str]]:
    """The sample with the table of lines that a column of its orders lists, if it has no other.

    A row is an element of a list: the number of its order, its place, and its fields; of objects
    in it the fields too, and no lists. It is no raw table: its `listed` says where it stands.

    Returns:
        The sample, its reader, and what is to be said of it.
    """
    tables = [table for table in sample.tables if not table.questions]
    mains = [reader.best(table, entity_words()) for table in tables]
    if any(main.entity == LINES and main.confidence for main in mains):
        return sample, reader, []
    made: list[SampledTable] = []
    for table in tables:
        if order := reader.read(table, "orders").columns.get("source_order_id"):
            for column in _lists(table, reader):
                made += _made(sample, ListedRows(table, column, order.profile.name))
    if not made:
        return sample, reader, []
    wider = replace(sample, tables=(*sample.tables, *made))
    reader = TableReader(wider)
    best = max(made, key=lambda table: reader.read(table, LINES).confidence)
    if not reader.read(best, LINES).confidence:
        return sample, reader, []
    wider = replace(sample, tables=(*sample.tables, best))
    return wider, reader, [plain_line(f"{code_span(best.origin)} are the lines of the orders")]


def note_lists(chosen: dict[str, EntityGuess]) -> None:
    """Notes in place that orders list their lines, so that a list nobody can read is seen."""
    orders, lines = chosen.get("orders"), chosen.get(LINES)
    listed = lines.table.listed if lines else None
    if orders and listed and orders.table.name == listed.table.name:
        chosen["orders"] = replace(orders, listing=listed.column)


def _lists(table: SampledTable, reader: TableReader) -> list[str]:
    """Columns that are called as tables of lines are, and hold nothing but lists of objects."""
    called = {squeezed(word) for word in entity_words()[LINES].tables}
    return [
        profile.name
        for profile in reader.profiles(table)
        if squeezed(profile.name.rsplit(".", 1)[-1]) in called
        and profile.column.is_text
        and profile.share(_LIST_OF_OBJECTS) == 1
        and any("{" in value for value in profile.values)
    ]


def _made(sample: Sample, listed: ListedRows) -> list[SampledTable]:
    """The table, unless nothing can be read or a raw table is called so."""
    name = "_".join([listed.table.name, *words_of(listed.column.rsplit(".", 1)[-1])])
    listed = replace(listed, fields=_fields(sample, listed))
    if not listed.fields or name in {table.name for table in sample.tables}:
        return []
    rows = listed_sql(listed, listed.table.relation, ORIGIN_OF_SAMPLE.values())
    sample.connection.execute(f"create or replace table {SCHEMA}.{identifier(name)} as {rows}")
    columns = tuple(sampled_columns(sample.connection, name))
    origin = f"{listed.column} of {listed.table.origin}"
    return [SampledTable(name, columns, meta={}, origin=origin, listed=listed)]


def _fields(sample: Sample, listed: ListedRows) -> dict[str, str]:
    """Name → JSON path of what the elements say, in the order in which it comes."""
    paths = sample.connection.execute(f"""
        select fields.fullkey
        from {listed.table.relation} as orders
        cross join unnest({elements(f"orders.{identifier(listed.column)}")}) as listed (line)
        cross join json_tree(listed.line) as fields
        where fields.type not in ('OBJECT', 'ARRAY', 'NULL') and not contains(fields.fullkey, '[')
        group by fields.fullkey
        order by min(orders.{identifier(ORIGIN_OF_SAMPLE["_origin_row"])}), min(fields.id)
    """).fetchall()
    fields: dict[str, str] = {}
    for (path,) in paths:
        name = path.removeprefix("$.").replace('"', "")
        known = {ORDER, POSITION, *map(str.lower, fields)}
        # A field without a name is none that a path can lead through.
        if '""' not in path and can_be_declared(name) and name.lower() not in known:
            fields[name] = path
    return fields


def listed_sql(listed: ListedRows, relation: str, origin: Iterable[str]) -> str:
    """A row of each element of the lists, as a step of a draft.

    Args:
        listed: Where the lists stand.
        relation: The rows that have them.
        origin: Their columns that say where each came from.
    """
    columns = [
        f"listed_in.{reference(listed.order)} as {ORDER}",
        f"listed.position as {POSITION}",
        *(
            f"listed.line ->> {quoted(path)} as {reference(name)}"
            for name, path in listed.fields.items()
        ),
        *(f"listed_in.{reference(name)}" for name in origin),
    ]
    shown = ",\n".join(f"        {column}" for column in columns)
    return f"""\
    select
{shown}
    from {relation} as listed_in
    cross join unnest(
        {elements(f"listed_in.{reference(listed.column)}")}
    ) with ordinality as listed (line, position)"""
