"""Records of persons, with what each of their columns is: a date, a number, a name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from pathlib import Path

import duckdb

from orchestration.errors import PortraitError
from orchestration.quoting import identifier, quoted, shortened
from orchestration.warehouse.given_files import read_files
from orchestration.warehouse.opening import columns_of, scalar

# A column is what this share of its values is.
_MOSTLY = 0.8
# Of a column that says again what two others do, this share holds a value of theirs.
_NEARLY_ALL = 0.9
_DATES = ["%Y-%m-%d", "%Y%m%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%Y/%m/%d"]
# A text shorter than this on average is a code of a state or a country.
_SHORT = 4
_CLEAN = (
    "nullif(trim(regexp_replace(strip_accents(lower(cast({} as varchar))), "
    r"'[^\p{{L}}\p{{N}}@./-]+', ' ', 'g')), '')"
)
# Of the column with the part of a value that a mistake is least likely in.
COARSE = "_coarse"


@dataclass(frozen=True)
class Field:
    """A column by which records are compared.

    Attributes:
        number: Its place in the files, from 0.
        name: Of the column in the files.
        kind: date, number, code (with digits), mail, word (short), words (in any order) or text.
        distinct: How many values it has.
    """

    number: int
    name: str
    kind: str
    distinct: int

    @property
    def column(self) -> str:
        """The column of the tables that are made here: whatever the files call it."""
        return f"field_{self.number}"

    @property
    def coarse(self) -> str:
        """The column with the part of it that a mistake is least likely in."""
        return f"{self.column}{COARSE}"

    @property
    def share(self) -> str:
        """The column with the share of records that have the same value."""
        return f"{self.column}_share"


def read_records(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[Path],
    truth: str,
    truth_pattern: str | None,
    left_out: Iterable[str] = (),
) -> tuple[list[Field], list[Field]]:
    """Makes the table `records`: (record, truth, field_0, …), numbered by what they say.

    So nothing depends on the order of rows: those that say the same are alike to all others. Texts
    are in small letters, without accents and marks.

    Args:
        connection: An empty database.
        files: CSV or Parquet; one under the other.
        truth: The column with the person.
        truth_pattern: The part of it that is the person: its first group, or all of it.
        left_out: Columns that say nothing of a person.

    Returns:
        The fields to compare, those with most values first; and those that only repeat others.

    Raises:
        PortraitError: A file cannot be read, or a column is not there, or there is nothing to
            compare.
    """
    read_files(connection, files, "raw")
    columns = list(columns_of(connection, "raw"))
    for name in (truth, *left_out):
        if name not in columns:
            raise PortraitError(
                f"The records have no column {name}.", f"They have {', '.join(columns)}."
            )
    names = [name for name in columns if name not in (truth, *left_out)]
    if not names:
        raise PortraitError("There is no column to compare.", "Name a file with names or dates.")
    person = f"cast({identifier(truth)} as varchar)"
    if truth_pattern:
        person = f"regexp_extract({person}, {quoted(truth_pattern)}, {int('(' in truth_pattern)})"
    try:
        _number(connection, f"nullif({person}, '') as truth", names)
    except duckdb.Error as error:
        raise PortraitError(
            f"The truth cannot be had by {truth_pattern}: {shortened(error)}.",
            "Name a regular expression whose first group is the person: '^(rec-\\d+)'",
        ) from error
    if scalar(connection, "select count(*) from records") < 2:
        raise PortraitError("There are fewer than two records.", "Name a file with more.")
    unknown = scalar(connection, "select count(*) from records where truth is null")
    if unknown:
        raise PortraitError(
            f"The truth of {unknown:,} records is not known: {truth} says nothing of it.",
            "Leave them out, or name another column or pattern.",
        )
    fields, repeated = _fields(connection, names)
    if not fields:
        raise PortraitError(
            "No column says who a record is of: each has one value, or another in every record.",
            "Name a file with names, dates of birth, addresses.",
        )
    return fields, repeated


def read_accounts(
    connection: duckdb.DuckDBPyConnection, key: str, left_out: Iterable[str] = ()
) -> list[Field]:
    """Makes the table `records`, as `read_records` does: (record, truth, field_0, …).

    The truth of an account is its own key: whose it is is not known. Of accounts that say the same
    the smaller key comes first.

    Args:
        connection: With the table `raw`, an account a row.
        key: The column that names an account.
        left_out: Columns that say nothing of a person.

    Returns:
        The fields to compare; none where no column tells one account from another.
    """
    names = [name for name in columns_of(connection, "raw") if name not in (key, *left_out)]
    _number(connection, f"{identifier(key)} as truth", names)
    return _fields(connection, names)[0]


def _number(connection: duckdb.DuckDBPyConnection, truth: str, names: Sequence[str]) -> None:
    values = [f"{_CLEAN.format(identifier(name))} as field_{n}" for n, name in enumerate(names)]
    listed = ", ".join(f"field_{number} nulls first" for number, _ in enumerate(names))
    connection.execute(f"""
        create table records as
        select row_number() over (order by {listed}, truth) - 1 as record, *
        from (select {truth}, {", ".join(values)} from raw)
    """).fetchall()


def _fields(
    connection: duckdb.DuckDBPyConnection, names: Sequence[str]
) -> tuple[list[Field], list[Field]]:
    found = [field for n, name in enumerate(names) if (field := _field(connection, n, name))]
    repeated = _repeated(connection, [field for field in found if field.kind == "text"])
    fields = [field for field in found if field not in repeated]
    for number, (field, parts) in enumerate(repeated.items(), start=len(names)):
        fields += _rest(connection, number, field, parts)
    return sorted(fields, key=lambda field: (-field.distinct, field.name)), list(repeated)


def _field(connection: duckdb.DuckDBPyConnection, number: int, name: str) -> Field | None:
    column = f"field_{number}"
    ((known, distinct, dates, numbers, digits, mails, length),) = connection.execute(f"""
        select count(value), count(distinct value),
            avg((try_strptime(value, {_DATES}) is not null)::integer),
            avg(regexp_full_match(value, '[0-9]+')::integer),
            avg(regexp_matches(value, '[0-9]')::integer), avg(contains(value, '@')::integer),
            avg(length(value))
        from (select {column} as value from records where {column} is not null)
    """).fetchall()
    if distinct < 2 or distinct == known:
        return None
    shares = {"date": dates, "mail": mails, "number": numbers, "code": digits}
    kinds = [kind for kind, share in shares.items() if share > _MOSTLY]
    return Field(
        number, name, kinds[0] if kinds else "word" if length < _SHORT else "text", distinct
    )


def _repeated(
    connection: duckdb.DuckDBPyConnection, texts: Sequence[Field]
) -> dict[Field, list[Field]]:
    """Those that say again what others do, as a full name beside given name and surname."""
    repeated: dict[Field, list[Field]] = {}
    for field, part in permutations(texts, 2):
        if part in repeated:
            continue
        ((holds, equal),) = connection.execute(f"""
            select avg(contains(concat(' ', whole, ' '), concat(' ', part, ' '))::integer)
                filter (whole <> part), avg((whole = part)::integer)
            from (select {field.column} as whole, {part.column} as part from records)
        """).fetchall()
        if (holds or 0) > _NEARLY_ALL and (equal or 0) < 1 - _MOSTLY:
            repeated.setdefault(field, []).append(part)
    return repeated


def _rest(
    connection: duckdb.DuckDBPyConnection, number: int, whole: Field, parts: Sequence[Field]
) -> list[Field]:
    """What a field says beyond its parts, middle names and titles, if anything, as a new column."""
    rest = Field(number, f"{whole.name} beyond {', '.join(one.name for one in parts)}", "words", 0)
    said = ", ".join(part.column for part in parts)
    connection.execute(f"alter table records add column {rest.column} varchar").fetchall()
    connection.execute(f"""
        update records set {rest.column} = nullif(array_to_string(list_sort(list_filter(
            string_split({whole.column}, ' '),
            lambda word: not list_contains(string_split(concat_ws(' ', {said}), ' '), word)
        )), ' '), '')
    """).fetchall()
    distinct = scalar(connection, f"select count(distinct {rest.column}) from records")
    return [replace(rest, distinct=distinct)] if distinct > 1 else []


def prepare(connection: duckdb.DuckDBPyConnection, fields: Sequence[Field]) -> None:
    """Makes the table `prepared`: records with values to compare, coarse ones, and shares."""
    values = ", ".join(f"{_value(field)} as {field.column}" for field in fields)
    coarse = ", ".join(f"{_coarse(field)} as {field.coarse}" for field in fields)
    shares = ", ".join(
        f"count(*) over (partition by {field.column}) / (count({field.column}) over ()) "
        f"as {field.share}"
        for field in fields
    )
    connection.execute(f"""
        create table prepared as
        select *, {coarse}, {shares} from (select record, {values} from records)
    """).fetchall()


def _value(field: Field) -> str:
    if field.kind != "date":
        return field.column
    # Of a date that there is not, with a digit mistyped, the digits remain.
    return (
        f"coalesce(strftime(try_strptime({field.column}, {_DATES}), '%Y%m%d'), "
        f"nullif(regexp_replace({field.column}, '[^0-9]', '', 'g'), ''))"
    )


def _coarse(field: Field) -> str:
    """Of a date the year, of an address the mailbox, of a number all but the end; the beginning."""
    column = field.column
    return {
        "date": f"left({column}, 4)",
        "mail": f"split_part({column}, '@', 1)",
        "number": f"left({column}, greatest(length({column}) - 1, 1))",
        "code": f"left({column}, greatest(length({column}) - 2, 2))",
    }.get(field.kind, f"left({column}, 3)")
